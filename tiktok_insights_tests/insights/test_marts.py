"""The marts, held against plain Python over the tables' rows; and their sums, which must notice a wrong mart."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tiktok_insights.clients.snowflake_session import Row as SqlRow
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts, reconciles
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support.bodies import encoded, user_info
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import mart_rows, put_snapshots
from tiktok_insights_tests.support.oracle.records import Row
from tiktok_insights_tests.support.oracle.times import DAY
from tiktok_insights_tests.support.oracle.worlds import whole
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.worlds

BY_NAME = {mart.name: mart for mart in all_marts()}
EARLY, LATE = "2026-01-31T11:00:00Z", "2026-01-31T13:00:00Z"
#: Id, then what differs from the good row: every tier and its bounds, unknown values, a shared nickname, odd names.
USERS: dict[str, dict[str, str]] = {
    "1": {"followers_Count": "0", "privateAccount": "true", "heartCount": "7"},
    "2": {"followers_Count": "999", "nickname": "Twin", "heartCount": "100"},
    "3": {"followers_Count": "1000", "nickname": "Twin", "heartCount": ""},
    "4": {"followers_Count": "9999", "Account_verified": "false"},
    "5": {"followers_Count": "10000", "Account_verified": ""},
    "6": {"followers_Count": "99999", "privateAccount": ""},
    "7": {"followers_Count": "100000", "nickname": ""},
    "8": {"followers_Count": "999999", "nickname": '"it\'s, 😀"'},
    "9": {"followers_Count": "1000000", "following_Count": ""},
    "7423456789012345149": {"followers_Count": "", "videoCount": "", "friends_Count": "0"},
    "7423456789012345150": {"followers_Count": "123456789012345678"},
}


@pytest.fixture
def statements(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries of the test's session; they run as ever."""
    seen: list[str] = []
    table = loader.session.table

    def note(sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[SqlRow]]:
        seen.append(sql)
        return table(sql, values)

    monkeypatch.setattr(loader.session, "table", note)
    return seen


@pytest.fixture
def loaded(loader: Loader) -> Loader:
    """Two accounts, three snapshots; the second of the first account has one new user and lacks some."""
    ids = list(USERS)
    loader.put("first", csv_file(*[row(i, extracted_at=EARLY, **USERS[i]) for i in ids[:8]]))
    loader.put("second", csv_file(*[row(i, extracted_at=LATE, **USERS[i]) for i in ids[4:9]]))
    loader.put("other", csv_file(*[row(i, extracted_at=EARLY, **USERS[i]) for i in ids[7:]]), account="43")
    loader.load()
    return loader


def put_look(loader: Loader, account_id: str) -> None:
    """Put an answer about an account, as a look stores it."""
    moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
    answer = Response(
        "/api/user/info", {}, encoded(user_info(account_id=account_id)), moment, 1, Quota(None, None, None)
    )
    RawStore(loader.store).put_response(SnapshotKey.begun_at(account_id, moment).look, answer)


def people(loader: Loader) -> list[dict[str, Any]]:
    """TIKTOK_DATA as dictionaries."""
    names, rows = loader.session.table("SELECT * FROM TIKTOK_DATA")
    return [dict(zip(names, values, strict=True)) for values in rows]


def total(users: list[dict[str, Any]], column: str) -> int:
    """The sum of what is known."""
    return sum(user[column] for user in users if user[column] is not None)


def test_user_totals(loaded: Loader) -> None:
    """Every sum leaves out what is unknown, and is exact beyond 2^53."""
    users = people(loaded)
    assert mart_rows(loaded, "user_totals") == [
        {
            "USERS": len(USERS),
            "FOLLOWERS": total(users, "FOLLOWERS_COUNT"),
            "FOLLOWING_COUNT": total(users, "FOLLOWING_COUNT"),
            "FRIENDS": total(users, "FRIENDS_COUNT"),
            "HEARTS": total(users, "HEART_COUNT"),
            "AS_OF": datetime(2026, 1, 31, 13),  # noqa: DTZ001 - as TIMESTAMP_NTZ is
        }
    ]
    assert total(users, "FOLLOWERS_COUNT") > 2**53


@pytest.mark.parametrize(
    ("name", "label", "column", "words"),
    [
        ("users_by_privacy", "PRIVACY", "PRIVATE_ACCOUNT", {True: "private", False: "public", None: "unknown"}),
        (
            "users_by_verification",
            "VERIFICATION",
            "ACCOUNT_VERIFIED",
            {True: "verified", False: "not verified", None: "unknown"},
        ),
    ],
)
def test_users_by_an_answer(loaded: Loader, name: str, label: str, column: str, words: dict[bool | None, str]) -> None:
    """Yes, no and unknown are counted apart, and their shares come to one."""
    expected = Counter(words[user[column]] for user in people(loaded))
    found = mart_rows(loaded, name)
    assert {row[label]: row["USERS"] for row in found} == expected
    assert len(expected) == 3
    assert {row[label]: row["SHARE"] for row in found} == {
        word: pytest.approx(number / len(USERS), abs=1e-6) for word, number in expected.items()
    }


def test_marts_by_user(loaded: Loader) -> None:
    """One row for each user, ids as text, unknown counts unknown."""
    users = people(loaded)
    followers = [
        (user["TIKTOK_ID"], user["USER_NAME"], user["NICK_NAME"], user["FOLLOWERS_COUNT"], user["FOLLOWING_COUNT"])
        for user in users
    ]
    assert sorted(tuple(row.values()) for row in mart_rows(loaded, "followers_by_user")) == sorted(followers)
    videos = [(user["TIKTOK_ID"], user["USER_NAME"], user["VIDEO_COUNT"], user["HEART_COUNT"]) for user in users]
    assert sorted(tuple(row.values()) for row in mart_rows(loaded, "videos_by_user")) == sorted(videos)


def test_hearts_by_nickname(loaded: Loader) -> None:
    """Users who share a nickname are one row; those who show none are one, too."""
    hearts: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for user in people(loaded):
        hearts[user["NICK_NAME"]][0] += 1
        hearts[user["NICK_NAME"]][1] += user["HEART_COUNT"] or 0
    found = {row["NICK_NAME"]: [row["USERS"], row["HEARTS"]] for row in mart_rows(loaded, "hearts_by_nickname")}
    assert found == hearts
    assert found["Twin"] == [2, 100]


def test_audience_tiers(loaded: Loader) -> None:
    """The bounds belong to the tier above, every tier has a row, and unknown is a tier of its own."""
    found = {row["TIER"]: (row["AT_LEAST"], row["USERS"]) for row in mart_rows(loaded, "audience_tiers")}
    assert found == {
        "unknown": (None, 1),
        "under 1,000": (0, 2),
        "nano": (1_000, 2),
        "micro": (10_000, 2),
        "mid": (100_000, 1),
        "macro": (500_000, 1),
        "mega": (1_000_000, 2),
    }


def test_coverage_is_that_of_the_newest_snapshot(loaded: Loader) -> None:
    """Each account once; a file of another producer claims nothing, so its share is unknown."""
    found = {row["ACCOUNT_ID"]: row for row in mart_rows(loaded, "account_coverage")}
    assert {account: (row["USERS_SEEN"], row["AS_OF"].hour, row["SHARE_SEEN"]) for account, row in found.items()} == {
        "42": (5, 13, None),
        "43": (4, 11, None),
    }
    loaded.session.execute(
        "UPDATE ACCOUNT_SNAPSHOTS SET HANDLE = 'a.b', OUTCOME = 'partial', OUTCOME_REASON = 'why', USERS_CLAIMED = 20, "
        "FINISHED_AT = '2026-01-31 14:00:00' WHERE OBJECT_KEY LIKE '%first%'"
    )
    (newest,) = [row for row in mart_rows(loaded, "account_coverage") if row["ACCOUNT_ID"] == "42"]
    assert [newest[name] for name in ("HANDLE", "OUTCOME", "OUTCOME_REASON", "USERS_SEEN", "SHARE_SEEN")] == [
        "a.b", "partial", "why", 8, pytest.approx(0.4),
    ]  # fmt: skip


def test_follower_history(loaded: Loader) -> None:
    """A user is new in the first snapshot of the account that shows them; another account does not matter."""
    found = {
        row["SNAPSHOT_ID"].rpartition("/")[2]: (row["ACCOUNT_ID"], row["USERS_SEEN"], row["USERS_NEW"])
        for row in mart_rows(loaded, "follower_history")
    }
    assert found == {"first.csv": ("42", 8, 8), "second.csv": ("42", 5, 1), "other.csv": ("43", 4, 4)}


def test_marts_say_what_they_are(loader: Loader) -> None:
    """Each view has the columns of its header, in their order."""
    marts = Marts(loader.session)
    for mart in all_marts():
        names, _ = marts.make(mart)
        assert [column.name for column in mart.columns] == list(names), mart.name


def put_departure(loader: Loader) -> None:
    """Put three whole lists of an account: of the two users one changes the handle, the other is gone."""
    looks = [
        whole(day * DAY, Row("8", DAY, 2 * DAY, user_name=name), *[Row("9", DAY, 2 * DAY)] * (day == 2))
        for day, name in ((2, "ann"), (3, "ann"), (4, "bo"))
    ]
    put_snapshots(loader, [replace(look, account_id="44") for look in looks])


def test_marts_reconcile_or_say_where_they_do_not(loader: Loader) -> None:
    """True of empty tables and of loaded ones; a view that has lost its rows is found out, with both numbers."""
    marts = Marts(loader.session)
    for mart in all_marts():
        marts.make(mart)
    measured = marts.measure(all_marts())
    assert [mart.name for mart in all_marts() if not reconciles(mart)(measured[mart.name]).passed] == []
    loader.put("a", csv_file(row("1"), row("2")))
    loader.put("b", csv_file(row_of_14("3"), header=HEADER_14), account="43")
    put_departure(loader)
    put_look(loader, "42")
    loader.load()
    measured = marts.measure(all_marts())
    for mart in all_marts():
        outcome = reconciles(mart)(measured[mart.name])
        assert (outcome.name, outcome.offenders) == (f"{mart.name}_reconciles", ())
        assert all(isinstance(fact, int) and fact > 0 for fact in outcome.facts.values()), mart.name
        loader.session.execute(
            f"CREATE OR REPLACE VIEW MAIN.{mart.view} AS SELECT * FROM ({mart.select('PUBLIC')}) AS made WHERE 1 = 0"
        )
    measured = marts.measure(all_marts())
    for mart in all_marts():
        wrong = reconciles(mart)(measured[mart.name])
        assert len(wrong.offenders) == len(mart.reconciliations), mart.name
        assert all(
            re.search(r": 0 in [A-Z_]+, [\d,]+ in [A-Z_]+( and [A-Z_]+)*$", offender) for offender in wrong.offenders
        )
        told("<mart>_reconciles: <total>: <number> in <view>").says_check(wrong)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "CREATE VIEW MAIN.USER_TOTALS AS SELECT 1 AS MINE",
            "its columns are MINE, not USERS, FOLLOWERS, FOLLOWING_COUNT",
        ),
        ("CREATE TABLE MAIN.USER_TOTALS (USERS NUMBER(38,0))", "it is a BASE TABLE, not a VIEW"),
    ],
)
@pytest.mark.usefixtures("altered_tables")
def test_a_view_or_table_of_somebody_else_is_left_alone(loader: Loader, statement: str, said: str) -> None:
    """The error names it, the difference and the remedy; what was there can still be read."""
    loader.session.execute("DROP VIEW IF EXISTS MAIN.USER_TOTALS")
    loader.session.execute(statement)
    before = loader.session.table("SELECT * FROM MAIN.USER_TOTALS")
    with told("<view> is not the mart", "MAIN.USER_TOTALS", said):
        Marts(loader.session).make(BY_NAME["user_totals"])
    assert loader.session.table("SELECT * FROM MAIN.USER_TOTALS") == before


def test_all_marts_are_measured_in_one_statement(loaded: Loader, statements: list[str]) -> None:
    """Each table and each mart is named in it once; a mart's rows are counted, and one wrong mart is found alone."""
    marts = Marts(loaded.session)
    for mart in all_marts():
        marts.make(mart)
    loaded.session.execute(
        "CREATE OR REPLACE VIEW MAIN.USERS_BY_PRIVACY AS SELECT 'public' AS PRIVACY, 1 AS USERS, 1.0 AS SHARE"
    )
    statements.clear()
    measured = marts.measure(all_marts())
    (statement,) = statements
    for source in ["PUBLIC.TIKTOK_DATA", "PUBLIC.FOLLOWER_SNAPSHOTS", *(f"MAIN.{mart.view}" for mart in all_marts())]:
        assert len(re.findall(rf"FROM {source}\b", statement)) == 1
    assert {name for name, found in measured.items() if found.finding.offenders} == {"users_by_privacy"}
    assert measured["followers_by_user"].rows == len(USERS)
    assert (measured["audience_tiers"].rows, measured["user_totals"].rows) == (7, 1)
