"""The transform's SQL, kind by kind: which texts are accepted, what they become, and which row of a user wins."""

from functools import cache
from itertools import permutations
from typing import Any

import duckdb
import pytest

from tiktok_insights.staging.transform import newest_first, rejected_rows_sql, rejection_reason, transform_sql
from tiktok_insights_tests.support.csv_texts import HEADER_19, row

LAST_MODIFIED = "2026-02-01 06:07:08"


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """One engine for the module; opening one costs more than all of its statements."""
    return duckdb.connect()


def transformed(*rows: str) -> list[dict[str, Any]]:
    """The SQL run over rows whose fields have no quotes; an empty field is NULL, `''` an empty text."""
    names = ", ".join(f"{name} VARCHAR" for name in HEADER_19.split(","))
    duck = engine()
    duck.execute(
        f"CREATE OR REPLACE TABLE source ({names}, object_number INTEGER, "
        "first_modified TIMESTAMP, taken_at TIMESTAMP, record BIGINT)"
    )
    for number, line in enumerate(rows, 1):
        texts = ["" if text == "''" else text or None for text in line.split(",")]
        duck.execute(
            f"INSERT INTO source VALUES ({'?, ' * 19}1, '{LAST_MODIFIED}', '{LAST_MODIFIED}', {number})", texts
        )
    result = duck.execute(transform_sql("source"))
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, found, strict=True)) for found in result.fetchall()]


def value_of(column: str, text: str, warehouse: str) -> tuple[Any, str | None, int]:
    """What a text becomes: the typed value, the column it is rejected for, and the negative counts."""
    fields = {"tiktok_id": text} if column == "Tiktok_id" else {"tiktok_id": "1", column: text}
    ((found),) = transformed(row(**fields))
    return found[warehouse], found["rejected_column"], found["negative_counts"]


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "7",
        "007",
        "9007199254740993",
        "9223372036854775807",
        "7423456789012345149",
        "7423456789012345150",
        "12345678901234567890",
        "99999999999999999999",
    ],
)
def test_an_id_of_1_to_20_digits_stays_the_same_text(text: str) -> None:
    """Ids beyond 2^53 and 2^63, neighbours and leading zeros come out as they went in."""
    assert value_of("Tiktok_id", text, "TIKTOK_ID") == (text, None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "''",
        "0",
        "123456789012345678901",
        "7.42e+18",
        "7423456789012345149.0",
        "7423456789012345E3",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1 2",
        "1\n",
        "1\0",
        "1_000",
        "0x1F",
        "\u0667\u0664\u0662",
        "\uff11\uff12\uff13",
        "\u00b2",
        "NULL",
        "nan",
        "ann",
        "=1",
    ],
)
def test_any_other_id_rejects_the_row(text: str) -> None:
    """No id, 0, too many digits, floats, exponents, signs, spaces and other scripts' digits are no ids."""
    _, rejected, _ = value_of("Tiktok_id", text, "TIKTOK_ID")
    assert rejected == "Tiktok_id"


@pytest.mark.parametrize(
    ("column", "warehouse"),
    [
        ("Account_verified", "ACCOUNT_VERIFIED"),
        ("privateAccount", "PRIVATE_ACCOUNT"),
        ("counts_exact", "COUNTS_EXACT"),
    ],
)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, True) for text in ("true", "True", "TRUE", "tRuE", "t", "T", "1")],
        *[(text, False) for text in ("false", "False", "FALSE", "f", "F", "0")],
        ("", None),
        ("''", None),
    ],
)
def test_accepted_booleans(column: str, warehouse: str, text: str, value: bool | None) -> None:
    """The six texts in any case; an empty field is unknown, not false."""
    found = value_of(column, text, warehouse)
    assert found == (value, None, 0)
    assert type(found[0]) is type(value)


@pytest.mark.parametrize(
    "text", ["yes", "no", "2", "-1", "1.0", " true", "true ", "wahr", "NULL", "\uff54\uff52\uff55\uff45", "tru"]
)
def test_any_other_boolean_rejects_the_row(text: str) -> None:
    """Nothing is guessed."""
    assert value_of("privateAccount", text, "PRIVATE_ACCOUNT")[:2] == (None, "privateAccount")


COUNTS = {
    "followers_Count": "FOLLOWERS_COUNT",
    "following_Count": "FOLLOWING_COUNT",
    "videoCount": "VIDEO_COUNT",
    "heartCount": "HEART_COUNT",
    "friends_Count": "FRIENDS_COUNT",
    "diggCount": "DIGG_COUNT",
}
DIGITS_38 = "12345678901234567890123456789012345678"


@pytest.mark.parametrize("column", COUNTS)
@pytest.mark.parametrize(
    ("text", "value", "negative"),
    [
        ("0", 0, 0),
        ("0.0", 0, 0),
        ("007", 7, 0),
        ("12", 12, 0),
        ("12.0", 12, 0),
        ("2147483648", 2147483648, 0),
        ("9007199254740993", 9007199254740993, 0),
        ("9223372036854775808.0", 9223372036854775808, 0),
        (DIGITS_38, 12345678901234567890123456789012345678, 0),
        ("9" * 38, 99999999999999999999999999999999999999, 0),
        ("-1", None, 1),
        ("-2147483648.0", None, 1),
        ("", None, 0),
        ("''", None, 0),
    ],
)
def test_accepted_counts(column: str, text: str, value: int | None, negative: int) -> None:
    """Integers to the last of 38 digits, with or without the tail of .0; a negative one is unknown and counted."""
    assert value_of(column, text, COUNTS[column]) == (value, None, negative)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 39,
        "1" + "0" * 38,
        "1.5",
        "1.00",
        "1.",
        ".0",
        "1e3",
        "7.42e+18",
        "12k",
        "1 000",
        " 1",
        "1 ",
        "+1",
        "--1",
        "-",
        "\u0667",
        "NULL",
        "inf",
        "nan",
        "0x10",
        "1_0",
        "1\n",
        "1\0",
        "1;2",
    ],
)
def test_any_other_count_rejects_the_row(text: str) -> None:
    """39 digits, fractions, exponents, abbreviations, spaces and other scripts' digits are no counts."""
    _, rejected, _ = value_of("heartCount", text, "HEART_COUNT")
    assert rejected == "heartCount"


def test_negative_counts_are_counted_by_value() -> None:
    """Two negative values in a row are two."""
    ((found),) = transformed(row("1", followers_Count="-1", diggCount="-7.0", videoCount="5"))
    assert (found["FOLLOWERS_COUNT"], found["DIGG_COUNT"], found["VIDEO_COUNT"]) == (None, None, 5)
    assert (found["negative_counts"], found["disposition"]) == (2, "staged")


def test_of_rows_that_become_equal_the_one_with_more_negative_counts_is_staged() -> None:
    """The ledger's count does not depend on which of them stands first."""
    rows = (row("1", diggCount=""), row("1", diggCount="-3"), row("1", diggCount="-4", heartCount="14.0"))
    for order in permutations(rows):
        found = [(item["disposition"], item["negative_counts"]) for item in transformed(*order)]
        assert sorted(found) == [("duplicate", 0), ("duplicate", 1), ("staged", 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31 12:00:00"),
        ("2026-01-31T23:59:59Z", "2026-01-31 23:59:59"),
        ("2026-01-31T12:00:00.5Z", "2026-01-31 12:00:00.500000"),
        ("2026-01-31T12:00:00.12Z", "2026-01-31 12:00:00.120000"),
        ("2026-01-31T12:00:00.123Z", "2026-01-31 12:00:00.123000"),
        ("2026-01-31T12:00:00.1234Z", "2026-01-31 12:00:00.123400"),
        ("2026-01-31T12:00:00.12345Z", "2026-01-31 12:00:00.123450"),
        ("2026-01-31T12:00:00.123456Z", "2026-01-31 12:00:00.123456"),
        ("2024-02-29T00:00:00Z", "2024-02-29 00:00:00"),
        ("1969-12-31T23:59:59Z", "1969-12-31 23:59:59"),
        ("1000-01-01T00:00:00Z", "1000-01-01 00:00:00"),
        ("2026-02-02T06:07:08Z", "2026-02-02 06:07:08"),
        ("", "2026-02-01 06:07:08"),
        ("''", "2026-02-01 06:07:08"),
    ],
)
def test_accepted_timestamps(text: str, value: str) -> None:
    """UTC with Z and up to 6 decimals, to a day after the object was written; an empty one is when that was."""
    moment, rejected, _ = value_of("extracted_at", text, "EXTRACTED_AT")
    assert (str(moment), rejected) == (value, None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31t12:00:00z",
        "2026-01-31T12:00:00+00:00",
        "2026-01-31T12:00:00.1234567Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00Z",
        "2026-01-31",
        "2026-1-31T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2025-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-01-32T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:60:00Z",
        "2026-01-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2026-02-02T06:07:08.000001Z",
        "9999-12-31T23:59:59.999999Z",
        " 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00ZZ",
        "1769860800",
        "now",
        "NULL",
    ],
)
def test_any_other_timestamp_rejects_the_row(text: str) -> None:
    """Impossible days and hours, missing zones, other forms, 7 decimals and the future are refused, not bent."""
    _, rejected, _ = value_of("extracted_at", text, "EXTRACTED_AT")
    assert rejected == "extracted_at"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ann", "Ann"),
        ("NULL", "NULL"),
        ("null", "null"),
        ("\\N", "\\N"),
        ("007", "007"),
        ("7.42e+18", "7.42e+18"),
        ("  two  ", "  two  "),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ('it\'s "q" \\ \t', 'it\'s "q" \\ \t'),
        ("é e\u0301 😀\u200d👩", "é e\u0301 😀\u200d👩"),
        ("x" * 10_000, "x" * 10_000),
        ("a\0b", "ab"),
        ("\0", None),
        ("", None),
        ("''", None),
    ],
)
def test_texts_stay_as_they_are(text: str, value: str | None) -> None:
    """No trimming, no guessing; only NUL is dropped, and an empty text is unknown."""
    assert value_of("nickname", text, "NICK_NAME") == (value, None, 0)
    assert value_of("uniqueId", text, "USER_NAME") == (value, None, 0)


def test_avatars_do_not_reach_the_result() -> None:
    """The signed addresses are dropped on the way."""
    ((found),) = transformed(row("1"))
    assert not [name for name in found if "avatar" in name.lower()]
    assert "p16.example" not in str(found)


def test_the_first_wrong_column_is_named() -> None:
    """A row with several wrong texts is rejected once, for the first."""
    ((found),) = transformed(row("1", heartCount="x", Account_verified="x"))
    assert (found["rejected_column"], found["disposition"]) == ("Account_verified", "rejected")
    assert rejection_reason("heartCount", " 5").startswith(
        "heartCount is ' 5', but must be an integer of up to 38 digits"
    )
    assert rejection_reason("uniqueId", "x" * 1000).startswith(f"uniqueId is '{'x' * 100}', but must be any text")


def test_the_rejected_rows_are_those_of_the_transform_with_their_numbers() -> None:
    """Both texts refuse the same rows for the same column; only the second says which record each was."""
    found = transformed(row("1", diggCount="1"), row("x"), row("1", diggCount="2"), row("2", heartCount="1e5"))
    rejected = engine().execute(f"{rejected_rows_sql('source')} ORDER BY record").fetchall()
    assert [place[:3] for place in rejected] == [(1, 2, "Tiktok_id"), (1, 4, "heartCount")]
    assert sorted(item["rejected_column"] for item in found if item["disposition"] == "rejected") == [
        "Tiktok_id",
        "heartCount",
    ]
    assert [item["disposition"] for item in found].count("rejected") == 2


#: Rows of one user, the winner first; each beats the next by one column only.
RANKED = [
    row("5", extracted_at="2026-01-31T12:00:00.000001Z", counts_exact=""),
    row("5", diggCount="16", uniqueId="b"),
    row("5", diggCount="9", uniqueId="b"),
    row("5", diggCount="9", uniqueId="a", nickname="z"),
    row("5", diggCount="9", uniqueId="a", nickname="B"),
    row("5", diggCount="9", uniqueId="a", nickname=""),
    row("5", diggCount="9", uniqueId="", nickname="zzz"),
    row("5", counts_exact="false"),
    row("5", counts_exact="", uniqueId="zz"),
]


@pytest.mark.parametrize("rows", list(permutations(RANKED[1:5])))
def test_the_winner_does_not_depend_on_the_rows_order(rows: tuple[str, ...]) -> None:
    """Of one user's rows exactly one is staged, the same in any order."""
    found = transformed(*rows)
    assert sorted(item["disposition"] for item in found) == ["duplicate", "duplicate", "duplicate", "staged"]
    ((winner),) = [item for item in found if item["disposition"] == "staged"]
    assert (winner["USER_NAME"], winner["DIGG_COUNT"]) == ("b", 16)


@pytest.mark.parametrize("better", range(len(RANKED) - 1))
def test_newest_then_exact_then_every_other_column(better: int) -> None:
    """The time, exact counts, and then each column breaks a tie; unknown comes last."""
    duck = engine()
    duck.execute(
        "CREATE OR REPLACE TABLE ranked (place INTEGER, TIKTOK_ID TEXT, USER_NAME TEXT, NICK_NAME TEXT, "
        "ACCOUNT_VERIFIED BOOLEAN, PRIVATE_ACCOUNT BOOLEAN, FOLLOWERS_COUNT INT, FOLLOWING_COUNT INT, "
        "VIDEO_COUNT INT, HEART_COUNT INT, FRIENDS_COUNT INT, DIGG_COUNT INT, COUNTS_EXACT BOOLEAN, "
        "EXTRACTED_AT TIMESTAMP)"
    )
    for place, line in ((1, RANKED[better + 1]), (0, RANKED[better])):
        fields = [text or None for text in line.split(",")]
        values = [place, *fields[:3], *fields[6:15], fields[15]]
        duck.execute(f"INSERT INTO ranked VALUES ({', '.join('?' * 14)})", values)
    assert duck.execute(f"SELECT place FROM ranked r ORDER BY {newest_first(prefix='r.')}").fetchall() == [(0,), (1,)]


def test_a_rejected_row_does_not_take_a_users_place() -> None:
    """The newest row of a user is of no use when it is rejected: the good one is staged."""
    found = transformed(row("5", extracted_at="2026-02-01T00:00:00Z", diggCount="x"), row("5"))
    assert sorted((item["disposition"], item["DIGG_COUNT"]) for item in found)[1:] == [("staged", 16)]
    assert {item["disposition"] for item in found} == {"staged", "rejected"}


def test_neighbouring_ids_stay_two_users() -> None:
    """As floats these two would be one."""
    found = transformed(row("7423456789012345149"), row("7423456789012345150"))
    assert sorted(item["TIKTOK_ID"] for item in found) == ["7423456789012345149", "7423456789012345150"]
    assert {item["disposition"] for item in found} == {"staged"}
