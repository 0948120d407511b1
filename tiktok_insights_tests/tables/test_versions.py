"""The recorded versions. `test_docs` compares the newest one with the code, as it does every generated file."""

from pathlib import Path

from tiktok_insights import tables
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.tables.creation import ensure_tables, is_current
from tiktok_insights.tables.definitions import SCHEMA_VERSION
from tiktok_insights_tests.support.warehouse_contents import contents

RECORDED = Path(tables.__file__).parent / "versions"


def test_there_is_a_record_of_each_version_and_no_other() -> None:
    """A version is not raised without a record."""
    assert sorted(path.name for path in RECORDED.iterdir()) == [f"V{n + 1:03}.sql" for n in range(SCHEMA_VERSION)]


def test_the_record_of_the_newest_version_creates_its_tables(connect_database: Connect) -> None:
    """Run by hand in an empty database, it leaves nothing to create, and it may be run again."""
    script = (RECORDED / f"V{SCHEMA_VERSION:03}.sql").read_text(encoding="utf-8")
    with connect_database() as session:
        session.script(script)
        before = contents(session)
        assert before
        ensure_tables(session)
        session.script(script)
        assert contents(session) == before
        assert is_current(session)
