"""A search for texts in every byte below a folder, in whatever it is packed. It knows nothing of what keeps what where.

A packed part is found inside of other bytes, too, such as a gzip file in a pickle. What should be found there, or not,
is the tests' business.
"""

import html
import io
import json
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import duckdb

_GZIP, _ZIP, _PARQUET, _DUCKDB = b"\x1f\x8b\x08", b"PK\x03\x04", b"PAR1", b"DUCK"
_SQLITE = b"SQLite format 3\0"
#: How zlib's format begins, at each level.
_ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
#: A gzip file in a zip file in a pickle has three layers.
_MOST_LAYERS = 5


def scan(folder: Path, texts: Iterable[str]) -> dict[str, set[str]]:
    """Give each file below the folder that has one of the texts, with the texts that it has; a name counts, too."""
    forms = {text: _forms(text) for text in texts}
    found: dict[str, set[str]] = {}
    for name, content in contents(folder):
        for text, ways in forms.items():
            if any(way in content for way in ways):
                found.setdefault(name, set()).add(text)
    return found


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give the name of each file below the folder with its name again, its bytes, and all that is packed in them."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        for content in (name.encode(), *_contents(path)):
            yield name, content


def _forms(text: str) -> set[bytes]:
    """The ways in which a text is written: encodings, and as JSON, HTML and URLs escape it."""
    escaped = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], html.escape(text), quote(text)}
    return {way.encode(encoding) for way in escaped for encoding in ("utf-8", "utf-16-le", "utf-16-be")}


def _contents(path: Path) -> Iterator[bytes]:
    """The file's bytes, and everything that is packed in them."""
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return
    yield from _unpacked(body, _MOST_LAYERS)
    if body[8:12] == _DUCKDB:
        yield from _tables(path)
    if body.startswith(_SQLITE):
        # A long value is on several pages of the file.
        for value in _values(path):
            yield from _unpacked(value, _MOST_LAYERS)


def _unpacked(body: bytes, layers: int) -> Iterator[bytes]:
    yield body
    if not layers:
        return
    for inner in (*_gzipped(body), *_deflated(body), *_zipped(body), *_rows(body)):
        yield from _unpacked(inner, layers - 1)


def _gzipped(body: bytes) -> Iterator[bytes]:
    start = body.find(_GZIP)
    while start >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(body[start:])
        start = body.find(_GZIP, start + 1)


def _deflated(body: bytes) -> Iterator[bytes]:
    """What begins as zlib's format does, as Dagster's snapshots of jobs do."""
    for head in _ZLIB:
        start = body.find(head)
        while start >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(body[start:])
            start = body.find(head, start + 1)


def _zipped(body: bytes) -> Iterator[bytes]:
    if _ZIP in body:
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as file:
                yield from (file.read(name) for name in file.namelist())
        except (zipfile.BadZipFile, RuntimeError):
            return


def _rows(body: bytes) -> Iterator[bytes]:
    """The rows of Parquet files, wherever they begin and end; in a row group, texts are compressed."""
    start = body.find(_PARQUET)
    end = body.rfind(_PARQUET)
    if 0 <= start < end:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.parquet"
            path.write_bytes(body[start : end + len(_PARQUET)])
            try:
                with duckdb.connect() as duck:
                    rows = duck.execute(f"FROM '{path}'").fetchall()
                yield repr(rows).encode("utf-8", "surrogatepass")
            except duckdb.Error:
                return


def _tables(path: Path) -> Iterator[bytes]:
    """All tables of a DuckDB database, of a copy: the blocks in its file are compressed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copy(path, copy)
        if (log := path.with_name(f"{path.name}.wal")).exists():
            shutil.copy(log, copy.with_name(log.name))
        with duckdb.connect() as duck:
            duck.execute(
                f"ATTACH '{copy}' AS scanned (READ_ONLY)" if not log.exists() else f"ATTACH '{copy}' AS scanned"
            )
            tables = duck.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'scanned'"
            ).fetchall()
            for schema, table in tables:
                rows = duck.execute(f'FROM scanned."{schema}"."{table}"').fetchall()
                yield "\n".join(str(value) for row in rows for value in row).encode("utf-8", "surrogatepass")


def _values(path: Path) -> Iterator[bytes]:
    """All values of all tables of a SQLite database, of a copy: with what is not in its file yet."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for end in ("", "-wal"):
            if path.with_name(path.name + end).exists():
                shutil.copy(path.with_name(path.name + end), copy.with_name(copy.name + end))
        with closing(sqlite3.connect(copy)) as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    texts = (value if isinstance(value, bytes) else str(value).encode() for value in row)
                    yield b"\n".join(texts)
