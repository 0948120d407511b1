"""The columns of a result as files see them: five kinds of values. How a kind is written belongs to each format."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snowflake.connector.cursor import ResultMetadata


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "text"
    #: A whole number, or a decimal with a fixed number of places.
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    #: A moment in UTC.
    TIME = "time"


#: By the numbers that the connector has for Snowflake's types.
_KINDS = {0: Kind.DECIMAL, 1: Kind.FLOAT, 2: Kind.TEXT, 6: Kind.TIME, 7: Kind.TIME, 8: Kind.TIME, 13: Kind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column's name and kind; a decimal's digits, and how many of them are after the point."""

    name: str
    kind: Kind
    digits: int = 38
    places: int = 0


def column_of(described: "ResultMetadata") -> ExportColumn:
    """The column of a result as the connector describes it."""
    digits, places = described.precision, described.scale
    return ExportColumn(described.name, _KINDS[described.type_code], digits or 38, places or 0)


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, with all its digits; one without a zone is in UTC already."""
    return f"{in_utc(moment).isoformat()}Z"


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC, without the zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
