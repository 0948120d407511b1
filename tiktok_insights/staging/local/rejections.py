"""The rejected rows of a group of CSVs in DuckDB: which lines they are, of each CSV.

How a row is written to the quarantine belongs in `quarantine.py`; why a row is rejected, in `transform.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb

from tiktok_insights.staging import quarantine, transform
from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.quarantine import QuarantinedIds

#: A line may have several errors. The reader's own tables are for its own connection only.
_UNSPLIT = """
CREATE TABLE unsplit AS
SELECT CAST(parse_filename(file_path, true) AS INTEGER) AS object_number, line
FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY ALL
"""


class Rejections:
    """The rejected rows of the CSVs behind the views `lines` and `source`, which were read once.

    `split_rows` is how many rows of each CSV (by its number, in the order of reading) the reader could split.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection, split_rows: Mapping[int, int]) -> None:
        self._duck = duck
        duck.execute(_UNSPLIT)
        found = duck.execute("SELECT DISTINCT object_number FROM unsplit").fetchall()
        self._unsplit = {int(number) for (number,) in found}
        self._rows_before = dict(zip(split_rows, accumulate(split_rows.values(), initial=0), strict=False))
        self._is_numbered = False

    def require_unsplit(self, number: int, lines: Sequence[int]) -> None:
        """Raise UnloadableError unless the lines of a CSV that the reader could not split are exactly these."""
        if not lines and number not in self._unsplit:
            return
        found = {line for (line,) in self._rows("SELECT line FROM unsplit WHERE object_number = ?", number)}
        if other := found.symmetric_difference(lines):
            raise UnloadableError(
                f"the CSV reader failed; rewrite the file with another program (it takes line {min(other)} for "
                f"{'no row' if min(other) in found else 'a row'})"
            )

    def write(self, path: Path, file: CsvFile) -> QuarantinedIds:
        """Write the rejected rows of a CSV into the file at `path`."""
        self._number_rows()
        records = self._rows(
            "SELECT record, rejected_column FROM rejected WHERE object_number = ? ORDER BY 1", file.number
        )
        rejected = ((record - self._rows_before[file.number], column) for record, column in records)
        lines = file.inspect().lines_without_rows
        return quarantine.write_rejected(path, file.path, file.origin.object_key, file.header, rejected, lines)

    def _number_rows(self) -> None:
        if self._is_numbered:
            return
        # With this, the reader keeps the order of files and lines, so this numbers the records that it could split.
        self._duck.execute("SET preserve_insertion_order = true")
        self._duck.execute(
            "CREATE VIEW numbered AS FROM (SELECT *, row_number() OVER () AS record FROM lines) "
            "JOIN objects USING (object_number)"
        )
        self._duck.execute(f"CREATE TABLE rejected AS {transform.rejected_rows_sql('numbered')}")
        self._is_numbered = True

    def _rows(self, sql: str, number: int) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, however many, while other queries are read too."""
        cursor = self._duck.cursor().execute(sql, [number])
        while rows := cursor.fetchmany(10_000):
            yield from rows
