"""At which requests a fault strikes, as a value, as a text and as a number.

Here: the rule alone. Not here: counting (`book`). The text is the tail of a fault's name, for example
`-p3to5-x2each-e4`; its grammar stands in `accounts`. The number fits into an account's id, so that a bare id leads back
to the fault.
"""

import dataclasses
import re

TAIL = (
    r"(?:-p(?P<first>[0-9]{1,6})(?:to(?P<last>[0-9]{1,6}))?)?"
    r"(?:-x(?P<times>[0-9]{1,6})(?P<each>each)?)?"
    r"(?:-e(?P<every>[0-9]{1,6}))?"
)
"""The regular expression of a schedule's text."""

CODES = 1 << 15
"""How many schedules have a number."""

_FIRSTS = 64
_LENGTHS = 8  # 0 for no end, else the number of pages
_TIMES = 8  # 0 for always
_EVERIES = 4


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Which requests are struck. Raises ValueError for numbers that mean nothing.

    Pages `first_page` to `last_page` (None: no end); page 0 is the look-up of the account, 1 its list's first
    page. Of these requests every `every`-th, and no more than `times` in all (None: always), or with `each_page`
    no more than `times` on each page: so the first attempts fail and the next one is honest.
    """

    first_page: int = 1
    last_page: int | None = None
    times: int | None = None
    each_page: bool = False
    every: int = 1

    def __post_init__(self) -> None:
        for name, least in (("first_page", 0), ("last_page", self.first_page), ("times", 1), ("every", 1)):
            value = getattr(self, name)
            if value is None and name in ("last_page", "times"):
                continue
            if type(value) is not int or value < least:
                raise ValueError(f"{name} is {value!r}: use a whole number of at least {least}")
        if type(self.each_page) is not bool or (self.each_page and self.times is None):
            raise ValueError("each_page must be true or false; if it is true, also set `times`")

    def covers(self, page: int) -> bool:
        """Tell whether requests for this page can be struck."""
        return self.first_page <= page and (self.last_page is None or page <= self.last_page)

    def text(self, usual: "Schedule") -> str:
        """Return the text, without what is as in `usual`."""
        pages = f"-p{self.first_page}" + ("" if self.last_page is None else f"to{self.last_page}")
        times = f"-x{self.times}" + ("each" if self.each_page else "")
        return "".join(
            part
            for part, mine, theirs in (
                (pages, (self.first_page, self.last_page), (usual.first_page, usual.last_page)),
                (times, (self.times, self.each_page), (usual.times, usual.each_page)),
                (f"-e{self.every}", self.every, usual.every),
            )
            if mine != theirs
        )

    def code(self) -> int | None:
        """Return the number, or None for a schedule too large to have one."""
        length = 0 if self.last_page is None else self.last_page - self.first_page + 1
        times = self.times or 0
        if self.first_page >= _FIRSTS or length >= _LENGTHS or times >= _TIMES or self.every > _EVERIES:
            return None
        return (
            (((self.first_page * _LENGTHS + length) * _TIMES + times) * 2 + self.each_page) * _EVERIES + self.every - 1
        )


def schedule_of_text(match: re.Match[str], usual: Schedule) -> Schedule:
    """Return the schedule of a text that `TAIL` has matched; what it leaves out is as in `usual`."""
    first, last, times, every = (
        None if match[name] is None else int(match[name]) for name in ("first", "last", "times", "every")
    )
    return Schedule(
        first_page=usual.first_page if first is None else first,
        last_page=usual.last_page if first is None else last,
        times=usual.times if times is None else times,
        each_page=usual.each_page if times is None else match["each"] is not None,
        every=usual.every if every is None else every,
    )


def schedule_of_code(code: int) -> Schedule:
    """Return the schedule with this number (below `CODES`); raises ValueError where there is none."""
    rest, every = divmod(code, _EVERIES)
    rest, each_page = divmod(rest, 2)
    rest, times = divmod(rest, _TIMES)
    first, length = divmod(rest, _LENGTHS)
    return Schedule(
        first_page=first,
        last_page=first + length - 1 if length else None,
        times=times or None,
        each_page=bool(each_page),
        every=every + 1,
    )
