"""What an object's IDs look like, whichever engine looked at them. How they are looked at belongs to the engines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


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
