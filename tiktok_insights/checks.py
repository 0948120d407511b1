"""The result of one check: a sentence that should be true, whether it is, and what broke it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """`name` is the sentence; `offenders` are the objects, users or differences against it, `facts` what was seen."""

    name: str
    offenders: tuple[str, ...] = ()
    facts: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the sentence is true."""
        return not self.offenders
