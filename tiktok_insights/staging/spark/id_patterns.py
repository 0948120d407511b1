"""Finds out with Spark whether an object's IDs were numbers at some point: all of them fit a pattern.

The patterns in words are in `staging/id_findings.py`. Java 17 does not write doubles with the fewest digits, so the
conditions are Python's, on the driver: only for objects all of whose IDs are even, which genuine ones hardly are.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

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
    IdPattern,
    merged,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NUMBER = "TRY_CAST(TIKTOK_ID AS DECIMAL(38,0))"
#: A row that is rejected for another column has a good ID as well.
_LARGE = f"""
SELECT object_number, n, CAST(n AS STRING) AS tiktok_id, CAST(NULL AS STRING) AS handle FROM (
  SELECT object_number, {_NUMBER} AS n FROM transformed
  WHERE COALESCE(rejected_column, '') <> '{ID_COLUMN.csv}'
) WHERE n > {EXACT_UP_TO}
"""
_RENAMED = """
SELECT object_number, TIKTOK_ID FROM transformed WHERE rejected_column IS NULL AND USER_NAME IS NOT NULL
GROUP BY object_number, TIKTOK_ID HAVING min(USER_NAME) <> max(USER_NAME)
"""
#: Each handle was a user of its own before the IDs were rounded.
_LARGE_RENAMED = f"""
SELECT object_number, n, TIKTOK_ID AS tiktok_id, USER_NAME AS handle FROM (
  SELECT object_number, TIKTOK_ID, USER_NAME, {_NUMBER} AS n
  FROM transformed LEFT SEMI JOIN renamed USING (object_number, TIKTOK_ID) WHERE rejected_column IS NULL
) WHERE n > {EXACT_UP_TO}
"""
_FIRST_RENAMED = f"""
SELECT object_number, ids, TIKTOK_ID FROM (
  SELECT object_number, TIKTOK_ID, count(*) OVER (PARTITION BY object_number) AS ids,
    row_number() OVER (PARTITION BY object_number ORDER BY TIKTOK_ID) AS place FROM renamed
) WHERE place <= {NAMED} ORDER BY object_number, TIKTOK_ID
"""


def _fits_zeros(n: int) -> bool:
    return n % (10_000 if n >= 10**18 else 1_000 if n >= 10**17 else 100 if n >= 10**16 else 10) == 0


def _is_telling(n: int) -> bool:
    """Whether it is none of the genuine IDs that a double holds, too."""
    return not (n < 10**18 and n % 4096 == 0) and not (6 * 10**18 <= n <= 655 * 10**16 and n % 16384 == 5120)


#: Of each pattern: what each ID must fit, and which IDs count.
_CONDITIONS: dict[IdPattern, tuple[Callable[[int], bool], Callable[[int], bool]]] = {
    ZEROS: (_fits_zeros, lambda n: n % 10_000 == 0),
    DOUBLES: (lambda n: int(float(n)) == n, _is_telling),
    SHORTEST: (lambda n: int(Decimal(repr(float(n)))) == n, _is_telling),
}


@dataclass(slots=True)
class _Seen:
    """What was seen of an object's IDs so far, for one pattern. Of those that count, only a few are remembered."""

    fit: bool = True
    one: int | None = None
    other: int | None = None
    different: set[tuple[str, str | None]] = field(default_factory=set)

    def add(self, pattern: IdPattern, n: int, row: tuple[str, str | None]) -> None:
        """See another ID."""
        fits, counts = _CONDITIONS[pattern]
        self.fit = self.fit and fits(n)
        if self.fit and counts(n):
            self.one, self.other = min(self.one or n, n), max(self.other or n, n)
            if len(self.different) < pattern.minimum:
                self.different.add(row)


def look_at_ids(spark: "SparkSession", with_duplicates: Collection[int]) -> dict[int, IdFindings]:
    """Look at the IDs of each object in the view `transformed`, by its number; good ones have no findings.

    `with_duplicates` are the objects that have several rows of a user: only they can have renamed ones.
    """
    rounded = dict(_rounded(spark, _LARGE, ALL))
    if not with_duplicates:
        return merged(rounded, {})
    spark.sql(_RENAMED).createOrReplaceTempView("renamed")
    rounded = {**dict(_rounded(spark, _LARGE_RENAMED, ALL_RENAMED)), **rounded}
    ids: dict[int, int] = {}
    examples: dict[int, list[str]] = {}
    for row in spark.sql(_FIRST_RENAMED).collect():
        ids[row[0]] = row[1]
        examples.setdefault(row[0], []).append(pseudonym(row[2]))
    return merged(rounded, {number: IdFindings("", ids[number], tuple(examples[number])) for number in ids})


def _rounded(spark: "SparkSession", large_ids: str, which: str) -> Iterator[tuple[int, str]]:
    """Say how all IDs of an object look, of each whose IDs all fit a pattern."""
    # Doubles beyond 2^53, and texts that name them, are even; only a few objects with genuine IDs have no odd one.
    spark.sql(large_ids).createOrReplaceTempView("large_ids")
    even = "SELECT object_number FROM large_ids GROUP BY object_number HAVING bool_and(n % 2 = 0)"
    rows = spark.sql(f"SELECT * FROM large_ids WHERE object_number IN ({even})")
    seen: dict[int, dict[IdPattern, _Seen]] = {}
    for number, n, tiktok_id, handle in rows.toLocalIterator():
        for pattern in _CONDITIONS:
            found = seen.setdefault(number, {}).setdefault(pattern, _Seen())
            found.add(pattern, int(n), (tiktok_id, handle))
    for number, patterns in seen.items():
        for pattern, found in patterns.items():
            if found.fit and found.one and found.other and len(found.different) >= pattern.minimum:
                yield number, pattern.said(which, found.one, found.other)
                break
