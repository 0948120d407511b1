"""Pending objects that a run could not read: S3 refuses them, or the raw object that they need.

They are neither staged nor in the ledger, so every run tries again. Objects that are read and turn out bad are refused:
their reasons are in `header` and `audit_checks`.
"""

from dataclasses import dataclass, field

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.object_reading import ObjectReadError
from tiktok_insights.lake.listing import CsvObject, fingerprint


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An object that could not be read: its key, why, and the CSV that waits for it, if there is one.

    `is_transient` says that reading broke off, so that another try soon may succeed.
    """

    key: str
    reason: str
    waiting: CsvObject | None = None
    is_transient: bool = False

    @property
    def offender(self) -> str:
        """The key and the reason, in which the object's own address is not said again."""
        _, is_its_own, why = self.reason.partition(f"/{self.key} ")
        return f"{self.key}: {why if is_its_own else self.reason}"

    @staticmethod
    def because(error: Exception, key: str, waiting: CsvObject | None = None) -> "Unreadable":
        """What an error says of the object."""
        return Unreadable(key, str(error).rstrip("."), waiting, isinstance(error, ObjectReadError))


@dataclass(slots=True)
class Reading:
    """How the reading of a run's pending objects went."""

    pending: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def refused_fingerprint(self) -> str:
        """Names the pending versions that S3 refused, to compare them with what is pending later; '' for none."""
        refused = [item.waiting.info for item in self.unreadable if item.waiting and not item.is_transient]
        return fingerprint(refused) if refused else ""


@check(Severity.WARNING)
def every_pending_object_is_readable(reading: Reading) -> Finding:
    """S3 returns every object that this run needs. One that cannot be read is not loaded, and every run tries again.

    The check is an error instead of a warning if several objects were pending and none could be read.
    """
    unread = sum(item.waiting is not None for item in reading.unreadable)
    return Finding(
        tuple(item.offender for item in reading.unreadable),
        {"objects pending": reading.pending, "objects not read": unread},
        Severity.ERROR if unread == reading.pending > 1 else None,
    )
