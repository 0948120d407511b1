"""The grammar of a mart's file: what it means, and that whatever breaks it is an error that names file and line."""

import re
from datetime import date, datetime
from importlib import resources

import pytest

from tiktok_insights.insights.mart import MartColumn, Reconciliation, TableTotal, ValueType
from tiktok_insights.insights.mart_files import MartFileError, all_marts, parse
from tiktok_insights.insights.thresholds import THRESHOLDS

GOOD = """\
-- One row per account, day and kind: how many users
-- there are.
--
-- ACCOUNT_ID (id): The account.
-- DAY (time): The day.
-- KIND (one of new | known already): The kind (or class): so to speak.
-- CHANGE (whole number or NULL): The change; NULL on the first day.
-- SHARE (share): Their share.
--
-- key: ACCOUNT_ID, DAY, KIND
-- order: DAY DESC NULLS LAST, ACCOUNT_ID, KIND
-- rows: 6
-- reconcile all users: SUM(CHANGE) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of FOLLOWER_SNAPSHOTS
-- reconcile rows: COUNT(*) = COUNT(*) + 1 of TIKTOK_DATA + SUM(GONE) of DAILY_TOTALS
WITH days AS (SELECT * FROM {schema}.FOLLOWER_SNAPSHOTS)
-- A comment of the query.
SELECT * FROM days JOIN {schema}.TIKTOK_DATA USING (TIKTOK_ID);
"""


def test_a_header_says_all_of_a_mart() -> None:
    """Name, grain, columns with type and meaning, key, order, number of rows, totals, and the query."""
    mart = parse("users_by_day.sql", GOOD)
    assert (mart.name, mart.view) == ("users_by_day", "USERS_BY_DAY")
    assert mart.description == "One row per account, day and kind: how many users there are."
    assert mart.columns == (
        MartColumn("ACCOUNT_ID", ValueType.ID, False, "The account."),
        MartColumn("DAY", ValueType.TIME, False, "The day."),
        MartColumn("KIND", ValueType.CHOICE, False, "The kind (or class): so to speak.", ("new", "known already")),
        MartColumn("CHANGE", ValueType.WHOLE_NUMBER, True, "The change; NULL on the first day."),
        MartColumn("SHARE", ValueType.SHARE, False, "Their share."),
    )
    assert [column.type_name for column in mart.columns[2:]] == [
        "one of new | known already",
        "whole number or NULL",
        "share",
    ]
    assert (mart.key, mart.rows) == (("ACCOUNT_ID", "DAY", "KIND"), 6)
    assert mart.query("MAIN.X") == "SELECT * FROM MAIN.X ORDER BY DAY DESC NULLS LAST, ACCOUNT_ID, KIND"
    assert mart.reconciliations == (
        Reconciliation(
            "all users",
            "SUM(CHANGE)",
            (TableTotal("COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID)", "FOLLOWER_SNAPSHOTS"),),
        ),
        Reconciliation(
            "rows",
            "COUNT(*)",
            (TableTotal("COUNT(*) + 1", "TIKTOK_DATA"), TableTotal("SUM(GONE)", "DAILY_TOTALS")),
        ),
    )
    assert mart.select("PUBLIC").startswith("WITH days AS (SELECT * FROM PUBLIC.FOLLOWER_SNAPSHOTS)\n")
    assert mart.select("PUBLIC").endswith("\nSELECT * FROM days JOIN PUBLIC.TIKTOK_DATA USING (TIKTOK_ID)")


def test_a_mart_of_one_row_needs_no_key_and_no_order() -> None:
    """Its query has no ORDER BY."""
    text = GOOD.replace("-- key: ACCOUNT_ID, DAY, KIND\n", "").replace("rows: 6", "rows: 1")
    mart = parse("one.sql", "".join(line for line in text.splitlines(keepends=True) if "order:" not in line))
    assert (mart.key, mart.rows, mart.query(mart.view)) == ((), 1, "SELECT * FROM ONE")


#: Of each type: values that are of it, and values that are not.
VALUES: dict[ValueType, tuple[list[object], list[object]]] = {
    ValueType.ID: (["7", "0" * 20], ["", "0" * 21, "7.4e+18", "\u0667", 7, 7.0]),
    ValueType.TEXT: (["", "7"], [7, b"7"]),
    ValueType.CHOICE: (["new", "known"], ["New", "", "new | known"]),
    ValueType.BOOLEAN: ([True, False], [1, 0, "true"]),
    ValueType.COUNT: ([0, 10**25], [-1, 1.0, "1"]),
    ValueType.THRESHOLD: ([0, 1000], [-1, 1.0, "1"]),
    ValueType.WHOLE_NUMBER: ([0, -(10**25)], [1.0, "1"]),
    ValueType.SHARE: ([0.0, 1.0], [-0.1, 1.1, "1", 1]),
    ValueType.RATIO: ([0.0, 1.1], [-0.1, "1", 1]),
    ValueType.DECIMAL: ([-0.5, 1.1], [float("inf"), "1", 1]),
    ValueType.TIME: ([datetime(2026, 1, 31)], ["2026-01-31", date(2026, 1, 31), 0]),  # noqa: DTZ001 - as TIMESTAMP_NTZ is
}


@pytest.mark.parametrize("type_", ValueType, ids=lambda type_: type_.value)
def test_a_column_accepts_what_is_of_its_type(type_: ValueType) -> None:
    """And nothing that merely looks like it."""
    column = MartColumn("NAME", type_, False, "What it means.", ("new", "known"))
    good, bad = VALUES[type_]
    assert [value for value in good if not column.accepts(value)] == []
    assert [value for value in bad if column.accepts(value)] == []


def test_a_file_names_thresholds_by_their_words() -> None:
    """In the header as people write numbers, in the query as SQL does; so a label follows its bound."""
    text = GOOD.replace("there are.", "there are with {mid:,}.").replace("new | known", "under {nano:,} | 1-{nano-1:,}")
    mart = parse("users_by_day.sql", text.replace("JOIN", "WHERE x < {mid} AND y < {little_share} JOIN"))
    assert mart.description.endswith("how many users there are with 100,000.")
    assert mart.columns[2].choices == ("under 1,000", "1-999 already")
    assert "x < 100000 AND y < 0.01 JOIN {schema}" in mart.sql


def test_a_file_names_the_parts_that_marts_share() -> None:
    """A part may name another one and numbers; in the query, it is one more source."""
    mart = parse("users_by_day.sql", GOOD.replace("{schema}.FOLLOWER_SNAPSHOTS", "({signs_of_users}) AS users"))
    assert "FROM PUBLIC.PRESENCE_SPELLS AS spells" in mart.select("PUBLIC")
    assert "{" not in mart.select("PUBLIC")


HOSTILE = [
    ("-- One row per", "-- A row per", 1, "the description"),
    ("-- there are.", "-- there are", 1, "the description"),
    ("-- One row per", "--One row per", 1, "a header line is"),
    ("-- One row per", "--  One row per", 1, "a header line is"),
    ("-- One row per", "\ufeff-- One row per", 1, "a header line is"),
    ("-- there are.", "-- there are. ", 2, "a header line is"),
    ("-- there are.\n", "\n", 1, "three paragraphs"),
    ("-- there are.\n", "-- there are.\n--\n", 15, "three paragraphs"),
    ("--\n-- key:", "-- key:", 13, "three paragraphs"),
    ("--\n-- ACCOUNT", "\n-- ACCOUNT", 2, "three paragraphs"),
    ("ACCOUNT_ID (id):", "account_id (id):", 4, "a column must read"),
    ("ACCOUNT_ID (id):", "ACCOUNT_ID:", 4, "a column must read"),
    ("The account.", "The account", 4, "a column must read"),
    ("DAY (time)", "ACCOUNT_ID (time)", 5, "ACCOUNT_ID appears twice"),
    (
        "DAY (time)",
        "DAY (date)",
        5,
        "there is no type 'date'; the types are id, text, one of, boolean, count, ",
    ),
    ("DAY (time)", "DAY (time NOT NULL)", 5, "there is no type"),
    ("DAY (time)", "DAY (TIME)", 5, "there is no type"),
    ("DAY (time)", "DAY (time or NULL or NULL)", 5, "there is no type"),
    ("one of new | known already", "one of", 6, "there is no type 'one of'"),
    ("one of new | known already", "one of new | new", 6, "distinct texts"),
    ("one of new | known already", "one of new |known", 6, "distinct texts"),
    ("one of new | known already", "one of new |  | known", 6, "distinct texts"),
    ("one of new | known already", "one of new, known (all)", 6, "a column must read"),
    ("key: ", "Key: ", 10, "a setting must be"),
    ("key: ", "primary key: ", 10, "a setting must be"),
    ("key: ACCOUNT_ID", "key: ACCOUNT", 10, "the key must be"),
    ("key: ACCOUNT_ID, DAY", "key: ACCOUNT_ID,DAY", 10, "the key must be"),
    ("key: ACCOUNT_ID, DAY", "key: DAY, DAY", 10, "the key must be"),
    ("DAY DESC NULLS LAST", "DAY DOWN", 11, "the order must be"),
    ("DAY DESC NULLS LAST", "LOWER(DAY)", 11, "the order must be"),
    ("DAY DESC NULLS LAST", "DAY, DAY DESC", 11, "the order must be"),
    ("DAY DESC NULLS LAST", "1; DROP TABLE TIKTOK_DATA", 11, "the order must be"),
    ("DAY DESC NULLS LAST, ACCOUNT_ID, KIND", "DAY", 11, "the order lacks ACCOUNT_ID, KIND of the key"),
    ("rows: 6", "rows: six", 12, "a fixed number of rows must be from 1 to 100"),
    ("rows: 6", "rows: 0", 12, "a fixed number of rows"),
    ("rows: 6", "rows: 101", 12, "a fixed number of rows"),
    ("rows: 6", "rows: \u0666", 12, "a fixed number of rows"),
    ("rows: 6", "rows: 1", 10, "or `rows: 1`"),
    ("-- rows: 6\n", "-- rows: 6\n-- rows: 6\n", 13, "rows appears twice"),
    ("-- key: ACCOUNT_ID, DAY, KIND\n", "", 10, "a mart needs a key and an order"),
    ("reconcile rows", "reconcile all users", 14, "reconcile all users appears twice"),
    ("reconcile rows", "reconcile", 14, "a setting must be"),
    ("COUNT(*) = COUNT(*) + 1 of", "COUNT(*) of", 14, "a reconciliation must read"),
    ("COUNT(*) = COUNT(*) + 1 of", "COUNT(*) = 1 = 1 of", 14, "a reconciliation must read"),
    ("COUNT(*) = COUNT(*) + 1 of", "COUNT(*); = 1 of", 14, "a reconciliation must read"),
    ("of TIKTOK_DATA +", "of TIKTOK_DATE +", 14, "a reconciliation must read"),
    ("of DAILY_TOTALS\n", "of DAILY_TOTAL\n", 14, "a reconciliation must read"),
    ("of DAILY_TOTALS\n", "of DAILY_TOTALS + \n", 14, "a header line is"),
    ("of DAILY_TOTALS\n", "of DAILY_TOTALS + SUM(GONE)\n", 14, "a reconciliation must read"),
    ("TIKTOK_DATA + SUM", "TIKTOK_DATA - SUM", 14, "a reconciliation must read"),
    ("WITH days", "DROP days", 15, "the header must be followed by one SELECT"),
    ("{schema}", "PUBLIC", 15, "the header must be followed by one SELECT"),
    ("there are.", "there are {many:,}.", 2, "there is no word {many:,}; the words are burst_days, "),
    ("{schema}", "{schema} AS {}", 15, "there is no word {}; "),
    ("{schema}", "{listed_users:,}.{schema}", 15, "there is no word {listed_users:,}; "),
    ("{schema}", "{mid:.2}.{schema}", 15, "there is no word {mid:.2}; "),
    ("USING (", "USING {", 15, "the header must be followed by one SELECT"),
    ("USING (TIKTOK_ID)", "USING (TIKTOK_ID); DROP TABLE TIKTOK_DATA", 15, "the header must be followed by one SELECT"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), HOSTILE)
def test_a_file_that_breaks_the_grammar_is_an_error_with_its_line(old: str, new: str, line: int, said: str) -> None:
    """Nothing is guessed, and nothing is skipped."""
    assert old in GOOD
    with pytest.raises(MartFileError) as caught:
        parse("users_by_day.sql", GOOD.replace(old, new))
    assert str(caught.value).startswith(f"users_by_day.sql, line {line}: ")
    assert said in str(caught.value)


def test_a_mart_without_a_reconciliation_is_an_error() -> None:
    """Nobody could tell whether it is right."""
    text = "".join(line for line in GOOD.splitlines(keepends=True) if "reconcile" not in line)
    with pytest.raises(MartFileError, match="line 12: a mart needs at least one line `reconcile <what>: `"):
        parse("users_by_day.sql", text)


@pytest.mark.parametrize("text", ["", "\n", "--", "--\n--\n--\n", "SELECT 1", "-- One row: x."])
def test_a_file_without_a_whole_header_is_an_error(text: str) -> None:
    """Also an empty one."""
    with pytest.raises(MartFileError, match=r"mart\.sql, line [1-4]: "):
        parse("mart.sql", text)


@pytest.mark.parametrize("file", ["Users.sql", "users-by-day.sql", "1_user.sql", "tiktok_data.sql", ".sql"])
def test_a_file_is_not_named_like_a_table_or_unlike_an_asset(file: str) -> None:
    """Its view would take the place of the table's."""
    with pytest.raises(MartFileError, match="a mart's name is in lower case"):
        parse(file, GOOD)


def test_every_file_is_a_mart() -> None:
    """They are found by themselves, in the order of their names."""
    names = [mart.name for mart in all_marts()]
    assert "user_totals" in names
    assert names == sorted(names)


def test_every_threshold_and_part_is_used() -> None:
    """A number that no mart has would be documented, and mean nothing."""
    files = resources.files("tiktok_insights.insights").joinpath("sql")
    parts = list(files.joinpath("parts").iterdir())
    texts = [file.read_text("utf-8") for file in [*files.iterdir(), *parts] if file.name.endswith(".sql")]
    words = {word for text in texts for word in re.findall("{([a-z_]+)", text)}
    known = {threshold.word for threshold in THRESHOLDS} | {part.name.removesuffix(".sql") for part in parts}
    assert words - {"schema"} == known | {"numbers", "holes"}
    assert len({threshold.word for threshold in THRESHOLDS}) == len(THRESHOLDS)
