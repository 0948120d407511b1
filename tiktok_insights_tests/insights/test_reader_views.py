"""What readers see: every mart again, in which nobody can be recognized and everything else is the same.

Which role may read which schema is tested in `deploy`.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import snowflake.connector

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session, placeholders, session_on
from tiktok_insights.insights.mart import MartColumn, ValueType
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.insights.pseudonyms import Source, UnclassifiedColumnError
from tiktok_insights.insights.pseudonyms import pseudonym as in_sql
from tiktok_insights.insights.reader_views import ReaderViews, make_reader_schema
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.definitions import ALL
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.insights.test_marts import put_look
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import put_snapshots
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.times import DAY
from tiktok_insights_tests.support.oracle.worlds import whole
from tiktok_insights_tests.support.planted_people import Planted, world
from tiktok_insights_tests.support.scanner import scan
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

NAMES = (*(mart.view for mart in all_marts()), "TIKTOK_DATA")
TWINS = ("7423456789012345149", "7423456789012345150")
#: Someone who was renamed, and someone whom two later lists miss.
RENAMED, NEW_HANDLE, LEFT = Planted(201), "Renamed.Handle", Planted(202)
ACCOUNT = "7000000000000000046"
PEOPLE = (*world().gone, *world().others, RENAMED, LEFT)

#: Pseudonyms of texts under the key 0123456789abcdef... and fedcba9876543210..., as openssl computes them.
VECTORS = {
    "7423456789012345149": "user-45cc5ce7f4d3337",
    "7423456789012345150": "user-d57fdbf0a182242",
    "é😀 'q\" \\n": "user-345fee278961270",
    "%s {0}:": "user-06be9398b3cb82c",
}

SeenRow = dict[str, Any]


def _lists() -> list[Snapshot]:
    """Three whole lists of one account, on three days."""
    twins = [Row(one, 0, DAY, user_name=f"twin{one[-3:]}", nick_name="Maria", hearts=7) for one in TWINS]
    renamed = Row(RENAMED.tiktok_id, 0, DAY, user_name=RENAMED.handle, nick_name=RENAMED.nickname)
    left = Row(LEFT.tiktok_id, 0, DAY, user_name=LEFT.handle, nick_name=LEFT.nickname)
    later = replace(renamed, user_name=NEW_HANDLE)
    lists = [whole(2 * DAY, *twins, renamed, left), *(whole(day * DAY, *twins, later) for day in (3, 4))]
    return [replace(each, account_id=ACCOUNT) for each in lists]


@pytest.fixture(scope="module")
def made(home: Path) -> Iterator[Loader]:
    """People of whom every text is known, loaded; marts and the views of readers are made."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(home, patch)
        settings = read_settings()
        connections = connect(settings)
    store = ObjectStore(boto3.client("s3", **connections.aws), settings.s3.bucket)
    store.ensure_bucket()

    def open_session() -> AbstractContextManager[Session]:
        return session_on(snowflake.connector.connect(**connections.snowflake), connections.namespace)

    with open_session() as session:
        ensure_tables(session)
        make_reader_schema(session)
        loader = Loader(store, session, open_session)
        world().plant(store)
        put_look(loader, "42")
        put_snapshots(loader, _lists())
        loader.load()
        make(loader)
        yield loader


def make(loader: Loader, *names: str) -> None:
    """Make every mart, or some, and the views of readers."""
    marts = Marts(loader.session)
    for mart in all_marts():
        if not names or mart.name in names:
            marts.make(mart)


def rows_of(loader: Loader, schema: str, name: str) -> list[SeenRow]:
    """The rows of a view."""
    return loader.session.records(f"SELECT * FROM {schema}.{name}")


def key_of(loader: Loader) -> tuple[str, str]:
    """Both halves of the key, which is one row."""
    ((inner, outer),) = loader.session.query("SELECT INNER_KEY, OUTER_KEY FROM TIKTOK_INTERNAL.READER_KEY")
    return inner, outer


def pseudonym(key: tuple[str, str], prefix: str, text: str) -> str:
    """The definition in Python."""
    inner = hashlib.sha256(f"{key[0]}{text}".encode()).hexdigest()
    return f"{prefix}-{hashlib.sha256(f'{key[1]}{inner}'.encode()).hexdigest()[:15]}"


def expected(key: tuple[str, str], shown: SeenRow) -> SeenRow:
    """What a reader must see of a row."""
    return {name: _expected(key, name, value, shown) for name, value in shown.items()}


def _expected(key: tuple[str, str], name: str, value: Any, shown: SeenRow) -> Any:
    if value is None:
        return None
    match name:
        case "ACCOUNT_ID" | "OTHER_ACCOUNT_ID":
            return pseudonym(key, "account", f"account:{value}")
        case "HANDLE":
            return pseudonym(key, "account", f"account:{shown['ACCOUNT_ID']}")
        case "TIKTOK_ID":
            return pseudonym(key, "user", f"user:{value}")
        case "USER_NAME":
            return pseudonym(key, "handle", f"handle:{value}")
        case "OLD_VALUE" | "NEW_VALUE" if shown["FIELD"] == "handle":
            return pseudonym(key, "handle", f"handle:{value}")
        case "NICK_NAME" if "TIKTOK_ID" in shown:
            return pseudonym(key, "name", f"name of user:{shown['TIKTOK_ID']}:{value}")
        case "NICK_NAME":
            return pseudonym(key, "name", f"name:{value}")
        case "SNAPSHOT_ID":
            return pseudonym(key, "snapshot", f"snapshot:{value}")
        case "OBJECT_KEY":
            return pseudonym(key, "object", f"object:{value}")
        case "CREATED_AT" | "FIRST_CREATED_AT":
            return value.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        case "REASON" | "OUTCOME_REASON":
            return None
    return value


def test_every_row_is_that_of_the_mart_with_pseudonyms(made: Loader) -> None:
    """So counts, sums, and joins on a pseudonym are those of the marts; each kind of value has its pseudonym."""
    key, filled = key_of(made), set()
    for name in NAMES:
        shown, seen = rows_of(made, "MAIN", name), rows_of(made, "TIKTOK_READERS", name)
        assert Counter(map(repr, seen)) == Counter(repr(expected(key, each)) for each in shown), name
        filled |= {name} if shown else set()
    assert {"FOLLOWERS_GONE", "PROFILE_CHANGES", "ACCOUNT_STATS", "LISTED_FOLLOWERS", "SHARED_FOLLOWERS"} <= filled


def test_nobody_is_in_what_readers_see(made: Loader) -> None:
    """No ID, handle, nickname, secUid or picture of anyone, also not as a part of a text; no account, no key."""
    texts = {*TWINS, ACCOUNT, "Maria", NEW_HANDLE, *key_of(made)}.union(*(person.texts for person in PEOPLE))
    in_main = "\n".join(repr(each) for name in NAMES for each in rows_of(made, "MAIN", name))
    assert {RENAMED.tiktok_id, RENAMED.handle, LEFT.handle, "Maria", ACCOUNT} <= {t for t in texts if t in in_main}
    for name in NAMES:
        for each in rows_of(made, "TIKTOK_READERS", name):
            assert [text for text in texts if text in repr(each)] == []
            assert {"42", "43", "44", "45", "46"}.isdisjoint(map(str, (v for v in each.values() if isinstance(v, str))))
            assert "account=" not in repr(each)


#: Everyone gets another ID, of an account that was created a second later; another handle; and another nickname.
_OTHER_ID = "CAST(CAST(TIKTOK_ID AS NUMBER(38,0)) + 4294967296 + MOD(CAST(TIKTOK_ID AS NUMBER(38,0)), 97) AS VARCHAR)"
_OTHERS = {"TIKTOK_ID": _OTHER_ID, "USER_NAME": "'x' || MD5(USER_NAME)", "NICK_NAME": "'y' || MD5(NICK_NAME)"}


def test_only_pseudonyms_depend_on_ids_handles_and_nicknames(made: Loader) -> None:
    """If everyone had other ones, no other column would differ, in any row: so none tells anything of them."""
    before = {name: without_pseudonyms(rows_of(made, "TIKTOK_READERS", name)) for name in NAMES}
    in_main = rows_of(made, "MAIN", "FOLLOWER_SIGNS")
    made.session.execute("BEGIN")
    try:
        for table in ALL:
            if others := [f"{name} = {value}" for name, value in _OTHERS.items() if name in table.names]:
                name = made.session.namespace.name_of(table)
                made.session.execute(f"UPDATE {name} SET {', '.join(others)}")
        for name in NAMES:
            assert without_pseudonyms(rows_of(made, "TIKTOK_READERS", name)) == before[name], name
        assert {r["CREATED_AT"] for r in in_main} != {r["CREATED_AT"] for r in rows_of(made, "MAIN", "FOLLOWER_SIGNS")}
    finally:
        made.session.execute("ROLLBACK")


def without_pseudonyms(rows: list[SeenRow]) -> Counter[str]:
    """Rows without what must be a pseudonym."""
    names = {"TIKTOK_ID", "USER_NAME", "NICK_NAME", "OLD_VALUE", "NEW_VALUE"}
    return Counter(repr({name: value for name, value in row.items() if name not in names}) for row in rows)


def test_the_order_of_rows_does_not_tell_that_of_ids(made: Loader) -> None:
    """Without an order in the query, rows come by their pseudonyms."""
    for name in NAMES:
        rows = rows_of(made, "TIKTOK_READERS", name)
        for column in [one for one in ("TIKTOK_ID", "NICK_NAME") if rows and one in rows[0]][:1]:
            seen = [row[column] for row in rows if row[column] is not None]
            assert seen == sorted(seen), name


def test_columns_and_types_are_those_of_the_marts(made: Loader) -> None:
    """Of every mart, in order; so each query and the Power BI report can read either schema."""
    columns: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for schema, name, *column in made.session.query(
        "SELECT table_schema, table_name, column_name, data_type, numeric_precision, numeric_scale "
        "FROM information_schema.columns ORDER BY ordinal_position"
    ):
        columns.setdefault((schema, name), []).append(tuple(column))
    for name in NAMES:
        assert columns["TIKTOK_READERS", name] == columns["MAIN", name], name
    of_readers = {name for schema, name in columns if schema == "TIKTOK_READERS"}
    assert of_readers == set(NAMES)


@pytest.mark.parametrize("column", ["TIKTOK_ID", "ACCOUNT_ID", "SNAPSHOT_ID", "USER_NAME"])
def test_joins_have_as_many_rows_as_in_the_marts(made: Loader, column: str) -> None:
    """Every mart with the column, joined with one that has it too, and a sum over both."""
    with_column = [mart.view for mart in all_marts() if column in {each.name for each in mart.columns}]
    assert len(with_column) > 2
    counts = {
        schema: [
            made.session.query(
                f"SELECT COUNT(*), COUNT(DISTINCT a.{column}) FROM {schema}.{one} AS a "
                f"JOIN {schema}.{other} AS b ON a.{column} = b.{column}"
            )
            for one, other in zip(with_column, [*with_column[1:], with_column[0]], strict=True)
        ]
        for schema in ("MAIN", "TIKTOK_READERS")
    }
    assert counts["MAIN"] == counts["TIKTOK_READERS"]
    assert any(rows != [(0, 0)] for rows in counts["MAIN"])


def test_equal_nicknames_do_not_tell_whose_they_are(made: Loader) -> None:
    """Two users of one name have two pseudonyms, neither of which is in the mart of names; both are stable."""
    key = key_of(made)
    twins = {pseudonym(key, "user", f"user:{tiktok_id}") for tiktok_id in TWINS}
    of_users = {r["NICK_NAME"] for r in rows_of(made, "TIKTOK_READERS", "TIKTOK_DATA") if r["TIKTOK_ID"] in twins}
    of_lists = {r["NICK_NAME"] for r in rows_of(made, "TIKTOK_READERS", "LISTED_FOLLOWERS") if r["TIKTOK_ID"] in twins}
    names = {r["NICK_NAME"]: r["USERS"] for r in rows_of(made, "TIKTOK_READERS", "HEARTS_BY_NICKNAME")}
    assert len(of_users) == 2
    assert of_users == of_lists
    assert names.keys().isdisjoint(of_users)
    assert names[pseudonym(key, "name", "name:Maria")] == 2


def test_pseudonyms_stay_with_the_key_and_change_with_it(made: Loader) -> None:
    """Marts that are made again have the same ones; without the key there is none, and a new key changes all."""
    seen = {name: rows_of(made, "TIKTOK_READERS", name) for name in ("TIKTOK_DATA", "ACCOUNT_COVERAGE")}
    marts = Marts(made.session)
    states = marts.states(marts.data())
    make(made, "account_coverage", "user_totals")
    assert marts.states(marts.data()) == states
    assert all(Counter(map(repr, rows_of(made, "TIKTOK_READERS", n))) == Counter(map(repr, seen[n])) for n in seen)
    made.session.execute("DELETE FROM TIKTOK_INTERNAL.READER_KEY")
    assert {r["TIKTOK_ID"] for r in rows_of(made, "TIKTOK_READERS", "TIKTOK_DATA")} == {None}
    assert set(marts.states(marts.data()).values()).isdisjoint(states.values())
    make(made, "account_coverage", "user_totals")
    for name, column in (
        ("TIKTOK_DATA", "TIKTOK_ID"),
        ("TIKTOK_DATA", "USER_NAME"),
        ("ACCOUNT_COVERAGE", "ACCOUNT_ID"),
    ):
        after = {r[column] for r in rows_of(made, "TIKTOK_READERS", name)}
        assert after.isdisjoint(r[column] for r in seen[name])
        assert len(after) == len({r[column] for r in seen[name]})


def test_each_view_is_secure_and_has_no_key_in_its_text(made: Loader) -> None:
    """Who does not own a secure view cannot see its text, nor what is behind it by the order of evaluation."""
    views = made.session.query(
        "SELECT TABLE_SCHEMA, IS_SECURE, VIEW_DEFINITION FROM information_schema.views "
        f"WHERE TABLE_NAME IN ({placeholders(NAMES)})",
        NAMES,
    )
    assert {(schema, secure) for schema, secure, _ in views} == {("MAIN", "NO"), ("TIKTOK_READERS", "YES")}
    assert not [half for half in key_of(made) for *_, text in views if half in text]
    readers = Marts(made.session).readers
    assert all(
        readers.statement(Source.of_mart(mart)).startswith("CREATE OR REPLACE SECURE VIEW") for mart in all_marts()
    )


def test_the_key_is_in_the_databases_alone(made: Loader, home: Path) -> None:
    """No log, no file of Dagster and no object has it."""
    found = scan(home, [*key_of(made), RENAMED.tiktok_id])
    assert RENAMED.tiktok_id in set().union(*found.values())
    with_key = [path for path, texts in found.items() if texts - {RENAMED.tiktok_id}]
    assert [path for path in with_key if "databases" not in Path(path).parts] == []


def test_the_functions_are_those_that_snowflake_documents(made: Loader) -> None:
    """SHA2 of its documents' examples, and pseudonyms under a key that is known, also of texts beyond ASCII."""
    # docs.snowflake.com/developer-guide/snowpark/reference/python: snowflake.snowpark.functions.sha2_binary
    ((of_docs, of_test),) = made.session.query("SELECT SHA2('Snowflake', 256), SHA2('test', 256)")
    assert of_docs == "1dbd59f661d68b90724f21084396b865497173e4d2714f4d91cf05fa5fc5e18d"
    assert of_test == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    key = ("0123456789abcdef" * 4, "fedcba9876543210" * 4)
    for text, vector in VECTORS.items():
        assert pseudonym(key, "user", f"user:{text}") == vector
        ((found,),) = made.session.query(
            f"SELECT {in_sql('user', 'user', 'SEEN.V')} FROM (SELECT ? AS V) AS SEEN "
            "CROSS JOIN (SELECT ? AS INNER_KEY, ? AS OUTER_KEY) AS SECRET",
            (text, *key),
        )
        assert found == vector


def test_without_a_schema_for_readers_nothing_is_made(session: Session) -> None:
    """And nothing fails; once it is there, every mart is due."""
    marts = Marts(session)
    states = marts.states(marts.data())
    totals = next(mart for mart in all_marts() if mart.name == "user_totals")
    session.execute("DELETE FROM TIKTOK_INTERNAL.READER_KEY")
    session.execute("DROP SCHEMA IF EXISTS TIKTOK_READERS CASCADE")
    marts.make(totals)
    assert marts.readers.full_name(totals) == ""
    assert session.query("SELECT * FROM TIKTOK_INTERNAL.READER_KEY") == []
    make_reader_schema(session)
    assert set(Marts(session).states(marts.data()).values()).isdisjoint(states.values())
    unset = Session(session._connection, replace(session.namespace, reader_schema=""))
    assert not Marts(unset).readers.exist


def test_what_is_no_view_of_readers_is_left_alone(session: Session) -> None:
    """The message names it, and the setting."""
    make_reader_schema(session)
    session.execute("CREATE OR REPLACE VIEW TIKTOK_READERS.USER_TOTALS AS SELECT 1 AS MINE")
    with told("<view> is not the mart", "TIKTOK_READERS.USER_TOTALS", "SNOWFLAKE_READER_SCHEMA"):
        Marts(session).make(next(mart for mart in all_marts() if mart.name == "user_totals"))
    assert session.query("SELECT * FROM TIKTOK_READERS.USER_TOTALS") == [(1,)]
    session.execute("DROP VIEW TIKTOK_READERS.USER_TOTALS")


def test_four_at_once_make_one_key(session: Session, connect_warehouse: Connect) -> None:
    """Whoever comes second takes the first one's: all ask again under the lock of publications."""
    begin = threading.Barrier(4)

    def make_key() -> None:
        with connect_warehouse() as own:
            begin.wait(60)
            ReaderViews(own)._make_key()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(make_key) for _ in range(4)]:
            done.result()
    assert session.query("SELECT COUNT(*), COUNT(DISTINCT INNER_KEY) FROM TIKTOK_INTERNAL.READER_KEY") == [(1, 1)]


def test_a_new_column_must_be_classified() -> None:
    """Every column of every mart is; one that is not stops the view, and the message names it."""
    for mart in all_marts():
        assert Source.of_mart(mart).select("A.B", "C.D")
    for kind in (ValueType.ID, ValueType.TEXT, ValueType.TIME):
        mart = replace(all_marts()[0], columns=(MartColumn("NEW", kind, is_nullable=True, meaning="A."),))
        with pytest.raises(UnclassifiedColumnError, match=rf"{mart.view}\.NEW has IDs, texts or times"):
            Source.of_mart(mart).select("A.B", "C.D")
