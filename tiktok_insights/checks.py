"""What a check is: one function. Its name is a sentence that should be true, its docstring says what it asks.

What all checks share belongs here. A check belongs in its stage's package, and `defs/checks.py` shows it in Dagster.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import ModuleType
from typing import Any, Generic, TypeVar

Input = TypeVar("Input")


class Severity(Enum):
    """What a failed check does: fail the run and stop what is downstream, or only show as an error or a warning."""

    BLOCKING = "blocking"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the objects, users or differences against it, and the facts that it saw.

    `severity` is None where it is the check's own.
    """

    offenders: tuple[str, ...] = ()
    facts: Mapping[str, int | str] = field(default_factory=dict)
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The finding of a check under the check's name."""

    name: str
    severity: Severity
    offenders: tuple[str, ...]
    facts: Mapping[str, int | str]

    @property
    def passed(self) -> bool:
        """Whether the sentence is true."""
        return not self.offenders


@dataclass(frozen=True, slots=True)
class Check(Generic[Input]):
    """A check of some input; calling it gives the outcome."""

    name: str
    description: str
    severity: Severity
    find: Callable[[Input], Finding]

    def __call__(self, given: Input) -> CheckOutcome:
        """Ask whether the sentence is true of the input."""
        return self.outcome(self.find(given))

    def outcome(self, finding: Finding) -> CheckOutcome:
        """Give a finding the check's name."""
        return CheckOutcome(self.name, finding.severity or self.severity, finding.offenders, finding.facts)


def check(severity: Severity) -> Callable[[Callable[[Input], Finding]], Check[Input]]:
    """Declare the function below as a check, with what it does when it fails."""
    return lambda find: Check(find.__name__, description_of(find), severity, find)


def description_of(function: Callable[..., object]) -> str:
    """Give the function's docstring, as users read it."""
    return inspect.getdoc(function) or ""


def pseudonym(user_id: str) -> str:
    """Give a user's ID without its middle: enough to see that digits were altered, too little to find the person.

    What a check says is stored in Dagster's events, in which no one could delete a person's data.
    """
    return f"{user_id[:4]}…{user_id[-4:]}" if len(user_id) > 10 else f"…{user_id[-1:]}"


def declared_in(*modules: ModuleType) -> tuple[Check[Any], ...]:
    """Find every check that the modules declare, in their order."""
    return tuple(item for module in modules for item in vars(module).values() if isinstance(item, Check))
