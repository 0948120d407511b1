"""The sum over the IDs of some rows: the one definition, and how each engine computes it.

An ID's number is the lower 64 bits of the MD5 of its text in UTF-8, read as a big-endian unsigned integer. No text is
''. Numbers are added without a modulo: 38 digits are enough for the IDs of 5 x 10^18 rows. Snowflake's documentation
has the number of 'Snowflake' under MD5_NUMBER_LOWER64.

Equal sums say that two sides have the same IDs, however often each. What a sum cannot see: a wrong value beside a right
ID, IDs swapped between rows of one object, and an error made before both sides were summed. Which sums are compared
belongs in the stages.
"""

import hashlib
import sys
from array import array
from collections.abc import Iterable
from enum import StrEnum

#: The column type of a sum.
ID_SUM_TYPE = "NUMBER(38,0)"


class SqlEngine(StrEnum):
    """An engine that adds up IDs; the value is how it computes the number of the ID in the column `{column}`."""

    # A column that someone made a number must not end the query: the audit has something to say about it.
    SNOWFLAKE = "MD5_NUMBER_LOWER64(COALESCE(CAST({column} AS VARCHAR), ''))"
    # Not md5_number_lower, which is little-endian. Not SUM's own HUGEINT either: in Parquet it would become a double.
    DUCKDB = "CAST(('0x' || substr(md5(COALESCE({column}, '')), 17)) AS UBIGINT)"
    SPARK = "CAST(conv(substr(md5(COALESCE({column}, '')), 17), 16, 10) AS DECIMAL(20,0))"


def id_sum(ids: Iterable[bytes]) -> int:
    """Add up the IDs, each given as its text in UTF-8."""
    digests = array("Q", b"".join([hashlib.md5(text, usedforsecurity=False).digest() for text in ids]))
    if sys.byteorder == "little":
        digests.byteswap()
    return sum(digests[1::2])


def id_sum_sql(column: str, engine: SqlEngine) -> str:
    """The aggregate over a column of IDs, as DECIMAL(38,0); 0 where there are no rows."""
    return f"CAST(COALESCE(SUM({engine.value.format(column=column)}), 0) AS DECIMAL(38,0))"
