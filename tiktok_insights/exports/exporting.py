"""One export: a statement's rows, batch by batch, into a file. Any number of rows needs the same memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.duckdb_engine import UnusableFolderError
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.clients.snowflake_values import ResultBatch
from tiktok_insights.exports.changes import Changes
from tiktok_insights.exports.columns import ExportColumn, column_of
from tiktok_insights.exports.sources import Source
from tiktok_insights.exports.target import FileFormat, FileNameError, written_whole
from tiktok_insights.progress import SILENT, Progress, ProgressReporter

#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003


class NothingToExportError(RuntimeError):
    """The table or mart does not exist, or this role may not read it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: where, how many rows, and what it says otherwise than the warehouse."""

    path: Path
    rows: int
    changes: Changes


class _File(Protocol):
    changes: Changes

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""

    def finish(self) -> None:
        """Complete the file."""

    def abandon(self) -> None:
        """Let go of it."""


def export(
    session: Session,
    source: Source,
    file_format: FileFormat,
    path: Path,
    *,
    replace: bool = False,
    progress: ProgressReporter = SILENT,
) -> Exported:
    """Write a table or mart to the path.

    Raises NothingToExportError, FileExistsAlreadyError, CellTooLongError, FileNameError, OSError and the connector's
    errors; there is no file then.
    """
    rows = 0
    with written_whole(path, replace=replace) as folder:
        batches = _batches(session, source)
        first = next(batches)
        columns = [column_of(column) for column in first.columns]
        with _opened(file_format, folder, path.name, columns, source.name) as file:
            batch: ResultBatch | None = first
            while batch:
                file.write(batch.rows)
                rows += len(batch.rows)
                progress.report(Progress(source.name, rows, batch.total, "rows"))
                batch = next(batches, None)
            file.finish()
        progress.report(Progress(source.name, rows, rows, "rows", has_ended=True))
    return Exported(path, rows, file.changes)


def _batches(session: Session, source: Source) -> Iterator[ResultBatch]:
    try:
        yield from session.batches(source.statement)
    except ProgrammingError as error:
        if error.errno != _MISSING:
            raise
        msg = (
            f"{source.schema}.{source.name} does not exist yet, or this role may not read it. Make it with: "
            "tiktok-insights run"
        )
        raise NothingToExportError(msg) from error


@contextmanager
def _opened(
    file_format: FileFormat, folder: Path, name: str, columns: Sequence[ExportColumn], title: str
) -> Iterator[_File]:
    """Begin a file, and let go of it at the end whatever happens. Each format's library is loaded for it alone."""
    file = _begin(file_format, folder, name, columns, title)
    try:
        yield file
    finally:
        file.abandon()


def _begin(file_format: FileFormat, folder: Path, name: str, columns: Sequence[ExportColumn], title: str) -> _File:
    path = folder / name
    if file_format is FileFormat.CSV:
        from tiktok_insights.exports.csv_file import CsvFile

        return CsvFile(path, columns)
    if file_format is FileFormat.XLSX:
        from tiktok_insights.exports.xlsx_file import XlsxFile

        return XlsxFile(path, columns, folder, title)
    from tiktok_insights.exports.parquet_file import ParquetFile

    try:
        return ParquetFile(path, columns, folder)
    except UnusableFolderError as error:
        raise FileNameError(
            f"A Parquet file cannot be written to {folder.parent}: the path contains ? or a backslash. Choose another "
            "folder with --out."
        ) from error
