"""What the fake API remembers: virtual clock, settings, counters, faults, story; in one file, written atomically.

Here: the file and its fields. Not here: what the numbers permit (`limits`). The file is written before each
answer leaves, so after a kill no request is forgotten. Keys appear only as fingerprints.
"""

import collections
import dataclasses
import hashlib
import json
import pathlib
from typing import Any

from tiktok_insights.local.fake_api.clock import VIRTUAL_START, month_of
from tiktok_insights.local.fake_api.faults.book import FaultBook
from tiktok_insights.local.fake_api.stories.story import NO_STORY, Story, story_of

FILE_NAME = "fake_api.json"
_MOST_SECONDS_AHEAD = 20 * 365 * 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What can be set while the API runs. Raises ValueError for a value that cannot be meant.

    `monthly_quota`: requests for each key in a virtual month. `requests_per_minute`: the burst limit in real
    time, None for none. `latency_ms`: real milliseconds that each answer is held back. `seconds_per_request`: virtual
    seconds that pass with each request.
    """

    monthly_quota: int = 1_000_000
    requests_per_minute: int | None = None
    latency_ms: int = 0
    seconds_per_request: int = 0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            name, value = field.name, getattr(self, field.name)
            least = 1 if name == "requests_per_minute" else 0
            if value is None and name == "requests_per_minute":
                continue
            if type(value) is not int or value < least:
                raise ValueError(f"{name} is {value!r}: use a whole number of at least {least}")


class State:
    """The stored state. Raises ValueError if the file is there but cannot be read as one."""

    def __init__(self, folder: pathlib.Path, settings: Settings | None = None, story: Story = NO_STORY) -> None:
        self._file = folder / FILE_NAME
        self.clock = VIRTUAL_START
        self.settings = settings or Settings()
        self.story = story
        self.faults = FaultBook()
        self.reset_counters()
        folder.mkdir(parents=True, exist_ok=True)
        if self._file.exists():
            self._load()

    def reset_counters(self) -> None:
        """Forget all requests served, and with them the quota spent and how often faults have struck."""
        self.faults.forget_strikes()
        self.served = 0
        self.served_by_path: collections.Counter[str] = collections.Counter()
        self.served_by_account: collections.Counter[str] = collections.Counter()
        self._spent: dict[str, collections.Counter[str]] = {}
        self._spent_elsewhere: collections.Counter[str] = collections.Counter()

    def advance(self, seconds: int) -> None:
        """Move the virtual clock forward; raises ValueError for a step back or beyond 20 years."""
        if type(seconds) is not int or seconds < 0:
            raise ValueError(f"advance_seconds is {seconds!r}: use a whole number of at least 0")
        if self.clock + seconds > VIRTUAL_START + _MOST_SECONDS_AHEAD:
            raise ValueError("the virtual clock cannot go further than 20 years beyond its start")
        self.clock += seconds

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Replace the named settings; raises ValueError for an unknown name or a bad value."""
        unknown = changes.keys() - {field.name for field in dataclasses.fields(Settings)}
        if unknown:
            raise ValueError(f"unknown setting: {', '.join(sorted(unknown))}")
        self.settings = dataclasses.replace(self.settings, **changes)

    def spent(self, key: str) -> int:
        """Return the requests that a key has spent in the present virtual month."""
        return self._spent_elsewhere[month_of(self.clock)] + self._this_month()[fingerprint(key)]

    def leave_quota(self, left: int) -> None:
        """Leave every key so many requests in the present virtual month, as if others of the plan had spent the rest.

        Raises ValueError for less than none or more than the monthly quota.
        """
        quota = self.settings.monthly_quota
        if type(left) is not int or not 0 <= left <= quota:
            raise ValueError(f"left is {left!r}: use a whole number from 0 to the monthly quota of {quota:,}")
        self._this_month().clear()
        self._spent_elsewhere[month_of(self.clock)] = quota - left

    def spend(self, key: str, path: str) -> None:
        """Count one request that reached an endpoint."""
        self._this_month()[fingerprint(key)] += 1
        self.served += 1
        self.served_by_path[path] += 1

    def status(self) -> dict[str, Any]:
        """Return everything as JSON values; keys as fingerprints."""
        elsewhere = self._spent_elsewhere[month_of(self.clock)]
        spent = {key: elsewhere + count for key, count in self._this_month().items()}
        return {
            "clock": self.clock,
            "settings": dataclasses.asdict(self.settings),
            "served": self.served,
            "served_by_path": dict(self.served_by_path),
            "served_by_account": dict(self.served_by_account),
            "quota_spent": spent,
            "quota_left": {key: max(0, self.settings.monthly_quota - count) for key, count in spent.items()},
            "faults": self.faults.status(),
        }

    def save(self) -> None:
        """Write the file beside the old one and put it in its place."""
        stored = {
            **self.status(),
            "spent_by_month": self._spent,
            "spent_elsewhere_by_month": self._spent_elsewhere,
            "fault_book": self.faults.stored(),
            "story": self.story.to_json(),
        }
        text = json.dumps(stored)
        fresh = self._file.with_suffix(".tmp")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._file)

    def _load(self) -> None:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            self.clock = int(stored["clock"])
            self.settings = Settings(**stored["settings"])
            self.served = int(stored["served"])
            self.served_by_path.update(stored["served_by_path"])
            self.served_by_account.update(stored["served_by_account"])
            self._spent = {month: collections.Counter(spent) for month, spent in stored["spent_by_month"].items()}
            self._spent_elsewhere.update(stored.get("spent_elsewhere_by_month", {}))
            if "fault_book" in stored:  # not in a file of an older version
                self.faults.restore(stored["fault_book"])
            self.story = story_of(stored.get("story", {}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{self._file} is damaged ({error!r}): delete it to start over") from error

    def _this_month(self) -> collections.Counter[str]:
        """Return what each key has spent in the present virtual month."""
        return self._spent.setdefault(month_of(self.clock), collections.Counter())


def fingerprint(key: str) -> str:
    """Return a short name for a key that does not give the key away."""
    return hashlib.blake2b(key.encode(), digest_size=6).hexdigest()
