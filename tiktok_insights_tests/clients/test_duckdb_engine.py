"""DuckDB with bounded memory: its settings, read back from DuckDB."""

import os
from pathlib import Path

import pytest

from tiktok_insights.clients.duckdb_engine import MOST_THREADS, bounded_duckdb


def test_many_processors_do_not_share_a_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a thread for each of 64 processors, an ordinary file would be too large."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    with bounded_duckdb(tmp_path) as duck:
        settings = duck.execute("SELECT current_setting('threads'), current_setting('temp_directory')").fetchall()
    assert settings == [(MOST_THREADS, str(tmp_path / "spilled"))]
