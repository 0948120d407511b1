"""What the ledger and the batches say of themselves: STATUS, VERDICT and NEWEST, for Python and SQL alike.

Add a state here when a table gets another; what leads from one state to the next belongs in the stages.
"""

from enum import StrEnum


class LoadStatus(StrEnum):
    """The state of an object version in LOAD_HISTORY and STAGED_OBJECTS. An object is refused, a row is rejected."""

    #: Its rows are in the history.
    LOADED = "loaded"
    #: It cannot be read, or failed the audit by its own fault.
    REFUSED = "refused"
    #: A newer version of the same object is loaded.
    SUPERSEDED = "superseded"
    #: Retention removed its rows, or refuses to load them: the snapshot is older than the retained history.
    EXPIRED = "expired"
    #: Its content is loaded, from an earlier upload. Only in STAGED_OBJECTS: the ledger has one row for both uploads.
    UNCHANGED = "unchanged"


class NewestRow(StrEnum):
    """Where the row of a touched user comes from, in TOUCHED_USERS."""

    #: The batch has a newer row than TIKTOK_DATA has, or the user is new.
    FROM_THE_BATCH = "batch"
    #: TIKTOK_DATA has a newer row than the batch.
    AS_IT_IS = "table"
    #: Rows are as old as each other, or are replaced: all rows of the user decide.
    FROM_THE_HISTORY = "history"


class BatchVerdict(StrEnum):
    """What the audit says of a batch in LOAD_BATCHES."""

    PASSED = "passed"
    FAILED = "failed"
