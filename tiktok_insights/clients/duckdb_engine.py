"""DuckDB with bounded memory, as the stages run it. The queries belong to the stages."""

import glob
import os
from pathlib import Path

import duckdb

#: Small, because Dagster and the cloud libraries use as much again. A higher limit would make the transform 10% faster.
MEMORY_LIMIT = "175MB"
#: Each DuckDB thread reserves memory; 16 threads exceed the limit.
MOST_THREADS = 3
#: DuckDB takes what follows `?` for parameters, and a backslash for a slash.
_NOT_IN_A_DATABASE_PATH = "?\\"


class UnusableFolderError(ValueError):
    """DuckDB cannot keep a database in the folder for temporary files."""


def bounded_duckdb(folder: Path, database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Open DuckDB with a memory limit; anything beyond it is spilled to the folder. Raises UnusableFolderError."""
    if found := [character for character in _NOT_IN_A_DATABASE_PATH if character in str(folder)]:
        raise UnusableFolderError(
            f"DuckDB cannot use the temporary folder {folder.parent}: its path contains {found[0]}. "
            "Set TMPDIR to another folder, and run again."
        )
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


def readable(path: Path) -> str:
    """Quote the path of one file that DuckDB is to read; unquoted, wildcards in it would make it a pattern.

    Beside it, `hive_partitioning = false` keeps folders such as `a=1` from becoming columns.
    """
    return literal(glob.escape(str(path)))
