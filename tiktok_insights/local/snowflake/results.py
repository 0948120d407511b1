"""Results as the Snowflake connector expects them in Arrow. Pure functions on tables; fakesnow does the rest."""

from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
from fakesnow.arrow import to_sf
from fakesnow.rowtype import describe_as_rowtype

_UNITS_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_WHOLE_NUMBERS = pa.decimal128(38, 0)
_NANOSECONDS = 1_000_000_000
_UTC_OFFSET = 1440  # Snowflake's minutes east of UTC, counted from one day before


def as_snowflake_sends(table: pa.Table) -> pa.Table:
    """The table with timestamps that may be NULL, and with whole numbers as integers."""
    for position, field in enumerate(table.schema):
        column = table.column(position)
        if pa.types.is_timestamp(field.type):
            column = _timestamps(column)
        elif pa.types.is_decimal(field.type) and field.type.scale == 0:
            column = _integers(column)
        elif pa.types.is_unsigned_integer(field.type):
            column = _integers(column.cast(_WHOLE_NUMBERS))
        else:
            continue
        table = table.set_column(position, field.with_type(column.type), column)
    return table


def check_sendable(table: pa.Table, described: list[Any]) -> None:
    """Fail for a type that fakesnow cannot send: after the statement it would be a server error, and no answer.

    Raises:
        NotImplementedError: a column has such a type.
        pyarrow.ArrowInvalid: likewise.
        TypeError: likewise.

    """
    to_sf(table.slice(0, 0), describe_as_rowtype(described))


def _integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """64-bit integers if all values fit, as Snowflake does; otherwise the decimals as they are."""
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def _timestamps(column: pa.ChunkedArray) -> pa.StructArray:
    """Snowflake's struct of seconds and nanoseconds. fakesnow builds it too, but a NULL becomes 1970 in it."""
    units = _UNITS_PER_SECOND[column.type.unit]
    values = column.combine_chunks()
    ticks = pc.fill_null(values.cast(pa.int64()), 0)
    seconds = _floor_divide(ticks, units)
    fractions = pc.multiply(pc.subtract(ticks, pc.multiply(seconds, units)), _NANOSECONDS // units).cast(pa.int32())
    parts = {"epoch": seconds, "fraction": fractions}
    if column.type.tz:
        parts["timezone"] = pa.array([_UTC_OFFSET] * len(values), type=pa.int32())
    fields = [pa.field(name, part.type, nullable=False) for name, part in parts.items()]
    return pa.StructArray.from_arrays(list(parts.values()), fields=fields, mask=pc.is_null(values))


def _floor_divide(ticks: pa.Array, units: int) -> pa.Array:
    """Whole seconds, also before 1970, where dividing integers rounds the wrong way."""
    quotient = pc.divide(ticks, units)
    is_behind = pc.less(ticks, pc.multiply(quotient, units))
    return pc.subtract(quotient, is_behind.cast(pa.int64()))
