"""Sends staged rows to the warehouse: many small objects in one file, since each PUT and COPY costs a round trip.

A COPY of one file happens or does not; of several files, some may have arrived.
"""

import secrets
from pathlib import Path

from tiktok_insights.clients.duckdb_engine import bounded_duckdb, literal, readable
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA

#: Enough for a COPY to be worth its round trips, and little enough for a laptop's disk.
MAX_BYTES = 64_000_000


class Upload:
    """Gathers one batch's Parquet files, and sends them together when there is enough of them."""

    def __init__(self, session: Session, batch_id: str, folder: Path) -> None:
        self._session = session
        self._batch_id = batch_id
        self._folder = folder
        self._parts: list[Path] = []
        self._bytes = 0

    def add(self, path: Path) -> None:
        """Take over one file of staged rows."""
        # A name of its own: the warehouse remembers the files that it has loaded.
        part = path.rename(self._folder / f"{self._batch_id}-{secrets.token_hex(4)}.parquet")
        self._parts.append(part)
        self._bytes += part.stat().st_size
        if self._bytes >= MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send what is gathered."""
        if not self._parts:
            return
        path = self._parts[0] if len(self._parts) == 1 else self._merged()
        self._session.copy_parquet(path, self._session.namespace.name_of(STAGED_TIKTOK_DATA))
        for part in {*self._parts, path}:
            part.unlink()
        self._parts, self._bytes = [], 0

    def _merged(self) -> Path:
        path = self._folder / f"{self._batch_id}-{secrets.token_hex(4)}.parquet"
        with bounded_duckdb(self._folder) as duck:
            parts = ", ".join(readable(part) for part in self._parts)
            rows = f"FROM read_parquet([{parts}], hive_partitioning = false)"
            duck.execute(f"COPY ({rows}) TO {literal(str(path))} (FORMAT parquet)")
        return path
