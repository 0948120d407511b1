"""What an object's IDs look like, whichever engine looked at them: the patterns in words, and what was found.

Rounded IDs are valid text, belong to no one, and merge users. So all IDs of an object are judged together. Add a
pattern here when another program turns out to round in another way, and its conditions to each engine's
`id_patterns.py`; what follows from it is in `object_faults.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiktok_insights.checks import pseudonym

#: The largest integer up to which a double keeps every ID.
EXACT_UP_TO = 2**53
#: So many IDs with several handles are named.
NAMED = 3
#: Which IDs all fit a pattern: every large one of an object, or those of users with several handles.
ALL, ALL_RENAMED = "all IDs above 2^53", "all IDs above 2^53 with several handles"
_READ = "a program has read them as floating-point numbers"


@dataclass(frozen=True, slots=True)
class IdPattern:
    """How rounded IDs look: all fit, and at least `minimum` different ones would hardly do so by chance."""

    looks: str
    cause: str
    minimum: int

    def said(self, which: str, one: int, other: int) -> str:
        """Say that IDs look so; shortened, the smallest and the largest of those that would hardly do so by chance."""
        such = " and ".join(dict.fromkeys(pseudonym(str(found)) for found in (one, other)))
        return f"{which} {self.looks}, such as {such}: {self.cause}"


#: A spreadsheet keeps 15 digits. Of 19 digits that leaves 0000; of an older account's ID, with fewer digits, fewer.
ZEROS = IdPattern("end in 0000", "a spreadsheet has rounded them", 2)
#: A multiple of the spacing 2^(floor(log2 n) - 52) is just what a double can hold.
DOUBLES = IdPattern("are multiples of a power of two", _READ, 3)
#: The shortest text that names a double, padded with zeros: so JavaScript writes a number.
SHORTEST = IdPattern("have only as many digits as a floating-point number", _READ, 3)


@dataclass(frozen=True, slots=True)
class IdFindings:
    """What the IDs of an object look like. `rounded` says so in words, or nothing.

    `renamed` is how many IDs have rows with different handles. `examples` are the first ones, shortened.
    """

    rounded: str = ""
    renamed: int = 0
    examples: tuple[str, ...] = ()


def merged(rounded: Mapping[int, str], renamed: Mapping[int, IdFindings]) -> dict[int, IdFindings]:
    """Put both kinds of findings together, by the number of the object."""
    return {
        number: replace(renamed.get(number, IdFindings()), rounded=rounded.get(number, ""))
        for number in {*rounded, *renamed}
    }
