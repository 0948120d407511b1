"""A fault as a value: its kind, whom and when it strikes; from a handle, from posted fields, and back.

Here: the value and its spellings. Not here: counting strikes (`book`), the changes (`kinds`).
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from tiktok_insights.local.fake_api.faults.kinds import KINDS, FaultKind
from tiktok_insights.local.fake_api.faults.schedule import (
    CODES,
    TAIL,
    Schedule,
    schedule_of_code,
    schedule_of_text,
)

_NAME = re.compile(rf"(?P<kind>[a-z0-9-]+?){TAIL}")
_NAMES = tuple(KINDS)
_OF_SCHEDULE = {field.name.removeprefix("first_"): field.name for field in dataclasses.fields(Schedule)}
_LONGEST_DELAY = 3_600_000  # ms


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request is about: an account's handle, and its `page` (0 for the look-up), and the account's own fault."""

    path: str
    handle: str
    page: int
    own: "Fault | None"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. Without `account` (a handle) or `path` it strikes all of them. Raises ValueError for a bad value."""

    kind: str
    schedule: Schedule
    account: str | None = None
    path: str | None = None
    delay_ms: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in _NAMES:
            raise ValueError(f"there is no fault kind {self.kind!r}: GET /_control/faults lists all kinds")
        if self.delay_ms is None:
            return
        if self.what.delay_ms is None:
            raise ValueError(f"delay_ms does not apply to {self.kind}: omit it")
        if type(self.delay_ms) is not int or not 0 <= self.delay_ms <= _LONGEST_DELAY:
            raise ValueError(f"delay_ms is {self.delay_ms!r}: use a whole number from 0 to {_LONGEST_DELAY:,}")

    @property
    def what(self) -> FaultKind:
        """The entry of the table."""
        return KINDS[self.kind]

    @property
    def name(self) -> str:
        """The kind and the schedule as a handle has them, for example `503-p3-x2`."""
        return self.kind + self.schedule.text(self.what.usual)

    @property
    def hold_ms(self) -> int:
        """The milliseconds that the kind has to do with; 0 where it has not."""
        return (self.what.delay_ms or 0) if self.delay_ms is None else self.delay_ms

    def concerns(self, asked: Asked) -> bool:
        """Tell whether a request is one of those that the schedule counts."""
        return (
            self.account in (None, asked.handle)
            and self.path in (None, asked.path)
            and not (self.what.lists_only and asked.page == 0)
            and self.schedule.covers(asked.page)
        )

    def code(self) -> int | None:
        """Return the number of kind and schedule, from 1 on; None for a schedule too large to have one."""
        schedule = self.schedule.code()
        return None if schedule is None else 1 + _NAMES.index(self.kind) * CODES + schedule

    def fields(self) -> dict[str, Any]:
        """Return the fields as they are posted, all of them."""
        schedule = {posted: getattr(self.schedule, name) for posted, name in _OF_SCHEDULE.items()}
        return {"kind": self.kind, "account": self.account, "path": self.path, **schedule, "delay_ms": self.delay_ms}


MOST_CODES = 1 + len(KINDS) * CODES
"""All codes of faults are smaller."""


def fault_named(name: str) -> Fault:
    """Return the fault with this name; raises ValueError for a text that is none."""
    match = _NAME.fullmatch(name)
    kind = KINDS.get(match["kind"]) if match else None
    if match is None or kind is None:
        raise ValueError(
            f"{name!r} is not the name of a fault: use <kind>[-p<page>[to<page>]][-x<times>[each]][-e<every>]"
        )
    return Fault(kind=match["kind"], schedule=schedule_of_text(match, kind.usual))


def fault_of_code(code: int) -> Fault:
    """Return the fault with this number (1 to below `MOST_CODES`); raises ValueError where there is none."""
    place, schedule = divmod(code - 1, CODES)
    return Fault(kind=_NAMES[place], schedule=schedule_of_code(schedule))


def fault_of_fields(fields: Mapping[str, Any]) -> Fault:
    """Return the posted fault; what is left out or null is as usual. Raises ValueError for a field that cannot be."""
    given = {name: value for name, value in fields.items() if value is not None}
    unknown = given.keys() - {"kind", "account", "path", "delay_ms"} - _OF_SCHEDULE.keys()
    if unknown:
        raise ValueError(f"a fault has no field {', '.join(sorted(unknown))}")
    kind = given.pop("kind", None)
    usual = KINDS[kind].usual if isinstance(kind, str) and kind in KINDS else Schedule()
    schedule = {name: given.pop(posted) for posted, name in _OF_SCHEDULE.items() if posted in given}
    if "last_page" not in schedule and "first_page" in schedule:
        schedule["last_page"] = None
    return Fault(kind=kind, schedule=dataclasses.replace(usual, **schedule), **given)
