"""What a probe is, and what it finds. Which probes there are belongs in the modules of their areas."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Whether a run has what it needs; an unknown state comes with the reason why it could not be told."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look showed. `remedy` is what fixes it: a policy statement as JSON, a GRANT, a command, a setting.

    Of what is `blocked`, nothing can be told until the cause that `reason` names is fixed.
    """

    state: State
    reason: str = ""
    remedy: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is looked at: its name, the area and place where it is, and the stage that needs it.

    A run works without what is optional.
    """

    name: str
    area: str
    place: str
    stage: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at one subject. It may raise: then nothing can be told about this subject."""

    subject: Subject
    look: Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Finding:
    """A subject, and what the look at it showed."""

    subject: Subject
    outcome: Outcome

    @property
    def is_fault(self) -> bool:
        """Whether a run needs what is missing."""
        return self.outcome.state is State.MISSING and not self.subject.optional


def ok(reason: str = "") -> Outcome:
    """It is there."""
    return Outcome(State.OK, reason)


def missing(reason: str, remedy: str) -> Outcome:
    """It is not there."""
    return Outcome(State.MISSING, reason, remedy)


def unknown(reason: str, remedy: str = "") -> Outcome:
    """It could not be told; `remedy` is what would tell."""
    return Outcome(State.UNKNOWN, reason, remedy)


def blocked(cause: str, remedy: str = "") -> Outcome:
    """It could not be looked at, because of something else that is wrong, which has a finding of its own."""
    return Outcome(State.UNKNOWN, cause, remedy, blocked=True)
