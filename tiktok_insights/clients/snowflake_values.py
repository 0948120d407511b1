"""Values on their way to the warehouse and back: what the connector takes, and the batches in which results come.

How a statement is run belongs in `snowflake_session`; what a value means, in the stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snowflake.connector.cursor import ResultMetadata


@dataclass(frozen=True, slots=True)
class ResultBatch:
    """Some rows of a result; `total` is the number of all its rows, None where the warehouse does not say."""

    columns: "tuple[ResultMetadata, ...]"
    total: int | None
    rows: list[tuple[Any, ...]]


def bindable(values: Sequence[object]) -> tuple[object, ...] | None:
    """Values as the connector takes them: it knows texts, and no enumerations."""
    return tuple(value.value if isinstance(value, Enum) else value for value in values) or None


def as_text_if_time(value: object) -> object:
    """A time as text: beside a NULL in its column, the connector would send it as a number without a unit."""
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
