"""Exports as Parquet, read back with pyarrow, pandas and DuckDB: every value is exactly that of the table."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.exports.columns import ExportColumn, Kind
from tiktok_insights.exports.exporting import export
from tiktok_insights.exports.parquet_file import ParquetFile
from tiktok_insights.exports.sources import find_source
from tiktok_insights.exports.target import FileFormat
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights_tests.exports.hostile_users import USERS
from tiktok_insights_tests.support.troubleshooting import told


def exported(session: Session, folder: Path, name: str = "TIKTOK_DATA") -> Path:
    """A table as Parquet."""
    return export(session, find_source(name, session.namespace), FileFormat.PARQUET, folder / "x.parquet").path


def test_every_value_is_exact(hostile: Session, tmp_path: Path) -> None:
    """NULL and empty text, formulas, wide numbers and microseconds, in the order of the key."""
    path = exported(hostile, tmp_path)
    rows = [
        {name: value.replace(tzinfo=None) if name == "EXTRACTED_AT" and value else value for name, value in row.items()}
        for row in pq.read_table(path).to_pylist()
    ]
    assert rows == list(USERS)
    assert [tuple(row.values()) for row in rows] == hostile.query("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID")


def test_ids_are_strings_times_are_utc_and_counts_are_decimals(hostile: Session, tmp_path: Path) -> None:
    """The types that other programs see."""
    schema = pq.read_schema(exported(hostile, tmp_path))
    types = dict(zip(schema.names, schema.types, strict=True))
    assert tuple(types) == TIKTOK_DATA.names
    assert types["TIKTOK_ID"] == pa.string()
    assert types["HEART_COUNT"] == pa.decimal128(38, 0)
    assert types["EXTRACTED_AT"] == pa.timestamp("us", "UTC")
    assert types["PRIVATE_ACCOUNT"] == pa.bool_()


def test_pandas_and_duckdb_read_it(hostile: Session, tmp_path: Path) -> None:
    """IDs that differ in their last digit stay two users."""
    path = exported(hostile, tmp_path)
    ids = [user["TIKTOK_ID"] for user in USERS]
    assert pd.read_parquet(path)["TIKTOK_ID"].tolist() == ids
    assert [row[0] for row in duckdb.execute("SELECT TIKTOK_ID FROM read_parquet(?)", [str(path)]).fetchall()] == ids


def test_a_table_without_rows_has_its_columns(session: Session, tmp_path: Path) -> None:
    """A program that reads it finds the types."""
    table = pq.read_table(exported(session, tmp_path, "LOAD_HISTORY"))
    assert table.num_rows == 0
    assert table.schema.field("ID_SUM_IN").type == pa.decimal128(38, 0)


def test_decimals_with_places_and_floats_are_exact(tmp_path: Path) -> None:
    """Bit for bit, also where a number is NULL or not finite."""
    columns = [ExportColumn("SHARE", Kind.DECIMAL, 10, 6), ExportColumn("RATIO", Kind.FLOAT)]
    file = ParquetFile(tmp_path / "x.parquet", columns, tmp_path)
    rows = [(Decimal("0.333333"), 0.1 + 0.2), (Decimal("-1234.000001"), float("inf")), (None, None)]
    file.write(rows)
    file.finish()
    assert [tuple(row.values()) for row in pq.read_table(tmp_path / "x.parquet").to_pylist()] == rows


@pytest.mark.parametrize("name", ["what?", "back\\slash"])
def test_a_folder_that_duckdb_cannot_use_is_refused(session: Session, tmp_path: Path, name: str) -> None:
    """Its path would be read as something else."""
    (tmp_path / name).mkdir()
    with told("A Parquet file cannot be written to", name):
        exported(session, tmp_path / name)
    assert list((tmp_path / name).iterdir()) == []


_LIMITED = """
import hashlib, resource, sys
from pathlib import Path
from tiktok_insights.exports.columns import ExportColumn, Kind
from tiktok_insights.exports.parquet_file import ParquetFile
from tiktok_insights.exports.target import written_whole

path = Path(sys.argv[1])
with written_whole(path, replace=False) as folder:
    file = ParquetFile(folder / path.name, [ExportColumn("T", Kind.TEXT)], folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        for part in range(10):
            file.write([(hashlib.sha512(b"%d" % (part * 5_000 + row)).hexdigest(),) for row in range(5_000)])
        file.finish()
    finally:
        file.abandon()
"""


@pytest.mark.commands
def test_a_limit_on_the_size_of_files_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """As on a full disk, with the folder; DuckDB writes the rows, and has errors of another kind."""
    command = [sys.executable, "-c", _LIMITED, str(tmp_path / "x.parquet")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert answer.stderr.splitlines()[-1] == f"OSError: [Errno 27] File too large: '{tmp_path}'"
    assert list(tmp_path.iterdir()) == []
