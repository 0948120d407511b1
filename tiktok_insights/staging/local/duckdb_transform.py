"""Runs the transform on groups of downloaded CSVs in DuckDB; if the engine fails, on each half of the group.

What is done with a group belongs in `csv_group.py`.
"""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from tiktok_insights.clients.duckdb_engine import MEMORY_LIMIT, bounded_duckdb
from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.local.csv_group import CsvGroup, MemoryLimitError, TransformedGroup
from tiktok_insights.text.quoting import without_values


def run(files: Sequence[CsvFile], folder: Path) -> Iterator[TransformedGroup]:
    """Transform a group of CSVs with one header; the results and DuckDB's own files go to the folder.

    What the engine cannot do with all of them it does with each half, down to the one at fault. Raises the engine's
    own error where that is no fault of a CSV, such as a full disk.
    """
    try:
        with bounded_duckdb(folder, str(folder / f"{secrets.token_hex(4)}.duckdb")) as duck:
            group = CsvGroup(duck, files, folder).transform()
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        if len(files) == 1:
            yield TransformedGroup({files[0].number: _why_failed(files[0], error)}, None)
            return
        middle = len(files) // 2
        yield from run(files[:middle], folder)
        yield from run(files[middle:], folder)
    else:
        yield group


def _why_failed(file: CsvFile, error: duckdb.Error) -> UnloadableError | MemoryLimitError:
    """Why the file has no result, at best in the inspection's words. Raises an error that is none of the file's."""
    try:
        file.inspect()
    except UnloadableError as reason:
        return reason
    first_line = without_values(str(error).partition("\n")[0])
    if isinstance(error, duckdb.OutOfMemoryException):
        return MemoryLimitError(f"needs more memory than {MEMORY_LIMIT} for its rows; split the file ({first_line})")
    if isinstance(error, duckdb.InvalidInputException):
        return UnloadableError(f"the CSV reader failed; rewrite the file with another program ({first_line})")
    raise error
