"""Rows in memory as a Parquet file with the types of a table, for a COPY. Rows from files belong to the transform."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tiktok_insights.clients.duckdb_engine import bounded_duckdb, literal
from tiktok_insights.tables.columns import Table


def write_parquet(path: Path, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows of a table, by the names of their columns, into the file at `path`. Numbers of 38 digits are exact."""
    types = {column.name: _duckdb_type(column.type) for column in table.columns}
    columns = ", ".join(f"unnest(?::{duckdb_type}[]) AS {name}" for name, duckdb_type in types.items())
    values = [[row[name] for row in rows] for name in types]
    with bounded_duckdb(path.parent) as duck:
        duck.execute("SET TimeZone = 'UTC'")
        # DuckDB takes no bound values in a COPY.
        duck.execute(f"CREATE TABLE rows AS SELECT {columns}", values)
        duck.execute(f"COPY rows TO {literal(str(path))} (FORMAT parquet)")


def _duckdb_type(warehouse_type: str) -> str:
    name = warehouse_type.removesuffix(" NOT NULL")
    return name.replace("NUMBER", "DECIMAL").replace("TIMESTAMP_NTZ", "TIMESTAMP")
