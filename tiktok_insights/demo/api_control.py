"""The fake API's control endpoints, as far as the demo uses them. What they do is said in `local.fake_api.control`."""

from typing import Any

import requests

from tiktok_insights.local.fake_api.stories.story import Story, story_of

_TIMEOUT_SECONDS = 30.0


class ApiControl:
    """Steers the fake API at an address of this machine."""

    def __init__(self, address: str) -> None:
        self._base = f"{address}/_control/"
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def clock(self) -> int:
        """The virtual time, in unix seconds."""
        return int(self._ask("GET", "status")["clock"])

    @property
    def story(self) -> Story:
        """The story that is played."""
        return story_of(self._ask("GET", "story"))

    def play(self, story: Story) -> None:
        """Let a story take the place of the one before."""
        self._ask("POST", "story", story.to_json())

    def move_to(self, moment: int) -> None:
        """Move the clock forward to a virtual time; it stays where it is when that has passed."""
        self._ask("POST", "clock", {"advance_seconds": max(0, moment - self.clock)})

    def truth(self, handle: str) -> list[dict[str, Any]]:
        """Return a fact for each person who has followed an account, as of now."""
        facts: list[dict[str, Any]] = self._ask("GET", f"truth?account={handle}")["facts"]
        return facts

    def _ask(self, method: str, path: str, fields: object = None) -> Any:
        response = self._session.request(method, self._base + path, json=fields, timeout=_TIMEOUT_SECONDS)
        response.raise_for_status()
        return response.json()
