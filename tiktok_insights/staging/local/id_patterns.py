"""Finds out with DuckDB whether an object's IDs were numbers at some point: all of them fit a pattern.

The patterns in words are in `staging/id_findings.py`.
"""

from collections.abc import Collection

import duckdb

from tiktok_insights.checks import pseudonym
from tiktok_insights.schema import ID_COLUMN
from tiktok_insights.staging.id_findings import (
    ALL,
    ALL_RENAMED,
    DOUBLES,
    EXACT_UP_TO,
    NAMED,
    SHORTEST,
    ZEROS,
    IdFindings,
    merged,
)

_ZEROS = f"CASE WHEN n >= {10**18} THEN 10000 WHEN n >= {10**17} THEN 1000 WHEN n >= {10**16} THEN 100 ELSE 10 END"
#: The double next to an ID. By way of its text, since DuckDB's cast from HUGEINT does not round well beyond 2^63.
_DOUBLE = "CAST(CAST(n AS VARCHAR) AS DOUBLE)"
#: Genuine IDs that a double holds, too: those from musical.ly, of 17 or 18 digits, are multiples of 2^12, and those of
#: TikTok's first accounts, until spring 2018, of 2^10. An object may have no others, so they say nothing about it.
_TELLING = (
    f"NOT (n < {10**18} AND n % 4096 = 0) AND NOT (n BETWEEN {6 * 10**18} AND {655 * 10**16} AND n % 16384 = 5120)"
)
#: Of each pattern: the condition that each ID `n` must fit, and that of the IDs that count.
_CONDITIONS = {
    ZEROS: (f"n % {_ZEROS} = 0", "n % 10000 = 0"),
    DOUBLES: (f"CAST({_DOUBLE} AS HUGEINT) = n", _TELLING),
    SHORTEST: (f"CAST(CAST({_DOUBLE} AS VARCHAR) AS HUGEINT) = n", _TELLING),
}


def look_at_ids(duck: duckdb.DuckDBPyConnection, with_duplicates: Collection[int]) -> dict[int, IdFindings]:
    """Look at the IDs of each object in the table `transformed`, by its number; good ones have no findings.

    `with_duplicates` are the objects that have several rows of a user: only they can have renamed ones.
    """
    # A row that is rejected for another column has a good ID as well.
    duck.execute(
        "CREATE TEMP VIEW large_ids AS SELECT object_number, n, n AS row_key FROM (SELECT object_number, "
        "TRY_CAST(TIKTOK_ID AS HUGEINT) AS n FROM transformed "
        f"WHERE rejected_column IS DISTINCT FROM '{ID_COLUMN.csv}') WHERE n > {EXACT_UP_TO}"
    )
    rounded = _rounded(duck, "large_ids", ALL)
    if not with_duplicates:
        return {number: IdFindings(looks) for number, looks in rounded.items()}
    duck.execute(
        "CREATE TEMP TABLE renamed AS SELECT object_number, TIKTOK_ID FROM transformed "
        "WHERE rejected_column IS NULL AND USER_NAME IS NOT NULL AND (object_number, TIKTOK_ID) IN "
        "(SELECT (object_number, TIKTOK_ID) FROM transformed WHERE disposition = 'duplicate') "
        "GROUP BY object_number, TIKTOK_ID HAVING min(hash(USER_NAME)) <> max(hash(USER_NAME))"
    )
    # Each handle was a user of its own before the IDs were rounded.
    duck.execute(
        "CREATE TEMP VIEW renamed_ids AS SELECT object_number, TRY_CAST(TIKTOK_ID AS HUGEINT) AS n, "
        "(TIKTOK_ID, USER_NAME) AS row_key FROM transformed SEMI JOIN renamed USING (object_number, TIKTOK_ID) "
        f"WHERE rejected_column IS NULL AND n > {EXACT_UP_TO}"
    )
    rounded = {**_rounded(duck, "renamed_ids", ALL_RENAMED), **rounded}
    renamed = {
        int(number): IdFindings("", int(ids), tuple(pseudonym(tiktok_id) for tiktok_id in first))
        for number, ids, first in duck.execute(
            f"SELECT object_number, count(*), min(TIKTOK_ID, {NAMED}) FROM renamed GROUP BY object_number"
        ).fetchall()
    }
    return merged(rounded, renamed)


def _rounded(duck: duckdb.DuckDBPyConnection, source: str, which: str) -> dict[int, str]:
    """Say how all IDs of an object look, of each whose IDs all fit a pattern."""
    # Doubles beyond 2^53, and texts that name them, are even; only a few objects with genuine IDs have no odd one.
    even = duck.execute(f"SELECT object_number FROM {source} GROUP BY object_number HAVING bool_and(n % 2 = 0)")
    numbers = [number for (number,) in even.fetchall()]
    looks: dict[int, str] = {}
    for pattern, (fits, counts) in _CONDITIONS.items() if numbers else ():
        fitting = duck.execute(
            f"SELECT object_number, min(n) FILTER (WHERE {counts}), max(n) FILTER (WHERE {counts}) "
            f"FROM {source} WHERE object_number IN (SELECT unnest(?)) GROUP BY object_number "
            f"HAVING bool_and({fits}) AND count(DISTINCT row_key) FILTER (WHERE {counts}) >= ?",
            [numbers, pattern.minimum],
        )
        for number, one, other in fitting.fetchall():
            looks.setdefault(number, pattern.said(which, one, other))
    return looks
