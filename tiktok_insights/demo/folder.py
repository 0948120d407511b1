"""The demo's home: a folder inside this machine's home, with a local stack, Dagster's runs and settings of its own.

Here: which folder it is, whose it is, its settings and the note that says how far it is. Nothing in it is the user's.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.local.fake_api.stories.story import Story
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.tiktok.pagination import KNOWN_CAPS

_NAME = "demo"
_ENV_HEAD = "# The settings of the demo. They apply to commands that are run in this folder.\n"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """The folder at `root`."""

    root: Path

    @classmethod
    def of(cls, home: Path) -> "DemoFolder":
        """The demo's folder in a home; the home itself if that is a demo's."""
        itself = cls(home)
        return itself if itself.note.is_file() else cls(home / _NAME)

    @property
    def note(self) -> Path:
        """Says which story is here and what was made of it. Its presence says that the demo made the folder."""
        return self.root / "demo.json"

    @property
    def lock(self) -> Path:
        """Held by the command that plays."""
        return self.root / "demo.lock"

    @property
    def is_strange(self) -> bool:
        """Whether something is there that the demo did not make."""
        ours = {self.note.name, self.lock.name}
        return (
            not self.note.is_file()
            and self.root.exists()
            and any(path.name not in ours for path in self.root.iterdir())
        )

    def words(self, story: Story) -> str | None:
        """What was made of the story, in words; None if it is not finished, or if another story is here."""
        return self._read().get("words") if self.has(story) else None

    def has(self, story: Story) -> bool:
        """Whether the story was begun here."""
        return bool(self._read().get("story") == _fingerprint(story))

    def note_down(self, story: Story | None, words: str | None = None) -> None:
        """Note that no story is here yet, that one was begun, or with words that it is finished. In one step."""
        new = self.note.with_suffix(".tmp")
        note = {"story": None if story is None else _fingerprint(story), "words": words}
        new.write_text(json.dumps(note), encoding="utf-8")
        new.replace(self.note)

    def write_settings(self, accounts: list[str], cap: int) -> dict[str, str]:
        """Write the .env file for commands that are run here, and give the same settings for this process.

        All our variables are in the file: those of a shell in which others are set would reach the demo.
        """
        here = {
            "TIKTOK_ACCOUNTS": ",".join(accounts),
            "TIKTOK_LIST_CAPS": ",".join(str(known) for known in sorted({*KNOWN_CAPS, cap})),
        }
        there = {"TIKTOK_INSIGHTS_HOME": ".", "DAGSTER_HOME": '"${PWD}/dagster"'}
        lines = "".join(f"{name}={ {**here, **there}.get(name, '') }\n" for name in DEFAULTS)
        (self.root / ".env").write_text(_ENV_HEAD + lines, encoding="utf-8")
        root = self.root.resolve()
        return {**here, "TIKTOK_INSIGHTS_HOME": str(root), "DAGSTER_HOME": str(root / "dagster")}

    def _read(self) -> dict[str, str | None]:
        try:
            found = json.loads(self.note.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _fingerprint(story: Story) -> str:
    """What tells one story from another, such as that of another version of this package."""
    return hashlib.sha256(json.dumps(story.to_json(), sort_keys=True).encode()).hexdigest()
