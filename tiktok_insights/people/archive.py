"""Everything that is held about a person, as one ZIP with a README: for the person, or whoever answers them."""

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tiktok_insights.people.finding import Finding, Place, Unread
from tiktok_insights.people.person import Person
from tiktok_insights.people.places import ELSEWHERE
from tiktok_insights.progress import SILENT, Progress, ProgressReporter
from tiktok_insights.text.printable import printable

README = "README.txt"
#: What may be in the name of a file, of a handle that anyone may have made up; and how much of it.
_NO_NAME, _LONGEST_NAME = re.compile(r"[^A-Za-z0-9._-]"), 60
_HOW_TO_READ = (
    "Each JSON file has one entry for each thing that is held: its source (a table, or an object in the bucket), where "
    "it is in the source, since when it is held, and its content exactly as it is held. Rows of tables have their "
    "times in their columns. Times are UTC. An entry without content only mentions the user. IDs of accounts say whom "
    "the user follows. The source of all data is TikTok's public follower lists, read through an HTTP API, or CSV "
    "files that others made of them."
)


@dataclass(frozen=True, slots=True)
class Archived:
    """How much was found in which places, and what could not be searched."""

    counts: dict[str, int]
    unread: tuple[Unread, ...]

    @property
    def found(self) -> int:
        """Everything that was found."""
        return sum(self.counts.values())


def label_of(person: Person) -> str:
    """The ID, or else a handle or secUid, as it may be printed."""
    return _on_one_line(person.id or min((*person.handles, *person.sec_uids)))


def name_of(person: Person) -> str:
    """The name of the person's file, without its end: a handle can neither name a folder nor be too long."""
    return f"person_{_NO_NAME.sub('_', label_of(person))[:_LONGEST_NAME]}"


def write_archive(
    path: Path, person: Person, places: Sequence[Place], moment: datetime, progress: ProgressReporter = SILENT
) -> Archived:
    """Search all places, and write what they hold about the person to a ZIP: a JSON file for each place.

    `moment` is when this is done.
    """
    counts: dict[str, int] = {}
    unread: list[Unread] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, place in enumerate(places):
            progress.report(Progress("search", number, len(places), "places"))
            findings = []
            for found in place.find(person):
                if isinstance(found, Finding):
                    findings.append(asdict(found))
                else:
                    unread.append(found)
            counts[place.name] = len(findings)
            if findings:
                archive.writestr(f"{place.name}.json", _json(findings))
        progress.report(Progress("search", len(places), len(places), "places", has_ended=True))
        archived = Archived(counts, tuple(unread))
        archive.writestr(README, _readme(person, places, archived, moment))
    return archived


def _json(findings: Sequence[dict[str, object]]) -> bytes:
    """Half of a character, which UTF-8 does not know, stays the escape that it is in JSON."""
    return (json.dumps(findings, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _on_one_line(text: str) -> str:
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def _readme(person: Person, places: Sequence[Place], archived: Archived, moment: datetime) -> str:
    handles = f" (seen as {_on_one_line(', '.join(sorted(person.handles)))})" if person.handles else ""
    held = [place for place in places if archived.counts[place.name]]
    empty = [place.name for place in places if not archived.counts[place.name]]
    parts = [
        f"What is held about the TikTok user {person.id or 'without a known ID'}{handles}.",
        f"Written on {moment.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC. Found: {archived.found:,}.",
        _HOW_TO_READ,
        "\n".join(["Where something is held:", *(_line(place, archived) for place in held)]),
        "\n".join(["Searched, and nothing found:", *(f"- {name}" for name in empty)]),
        "\n".join(["Not searched:", *(f"- {words}" for words in ELSEWHERE)]),
    ]
    if archived.unread:
        parts.append("\n".join(["Could not be read:", *(f"- {one.source}: {one.reason}" for one in archived.unread)]))
    return "\n\n".join(parts) + "\n"


def _line(place: Place, archived: Archived) -> str:
    return f"- {place.name}.json, {archived.counts[place.name]:,}: {place.meaning}"
