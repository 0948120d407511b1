"""DuckDB with bounded memory, as the stages run it. The queries belong to the stages."""

import os
from pathlib import Path

import duckdb

#: Small, because Dagster and the cloud libraries use as much again. A higher limit would make the transform 10% faster.
MEMORY_LIMIT = "175MB"
#: Each DuckDB thread reserves memory; 16 threads exceed the limit.
MOST_THREADS = 3


def bounded_duckdb(folder: Path, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Open DuckDB with a memory limit; anything beyond it is spilled to the folder."""
    return duckdb.connect(
        database,
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(folder / "spilled"),
            "threads": min(MOST_THREADS, os.cpu_count() or 1),
        },
    )


def literal(text: str) -> str:
    """Quote a text for DuckDB's SQL, for the places that accept no bound value."""
    return "'" + text.replace("'", "''") + "'"
