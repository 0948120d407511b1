"""Statements that the local Snowflake has translated once: used again where nothing else matters, and only there."""

from collections.abc import Callable

import pytest
from fakesnow.dialect import parse_one
from snowflake.connector import SnowflakeConnection
from sqlglot import Expr, exp

from tiktok_insights.local.snowflake.translations import Translations

Connect = Callable[..., SnowflakeConnection]


def translated(translations: Translations, text: str, schema: str = "PUBLIC") -> tuple[Expr, bool]:
    """The translation of a statement, and whether it was made for this call."""
    made = []

    def translate() -> Expr:
        made.append(text)
        return exp.select(exp.Literal.string(f"{text} in {schema}"))

    return translations.of(parse_one(text), schema, translate), bool(made)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT A FROM T WHERE B = ?",
        "INSERT INTO T (A) VALUES (?)",
        "UPDATE T SET A = ?",
        "DELETE FROM T",
        "CREATE TABLE IF NOT EXISTS T (A NUMBER(38,0) COMMENT 'a')",
        "CREATE OR REPLACE VIEW V (A COMMENT 'a') COMMENT = 'v' AS SELECT B FROM T",
    ],
)
def test_the_same_text_is_translated_once(text: str) -> None:
    """In a schema; what a caller does to the translation stays with the caller."""
    translations = Translations()
    (first, is_made), (again, is_made_again) = (translated(translations, text) for _ in range(2))
    assert (is_made, is_made_again) == (True, False)
    before = again.sql()
    assert first.sql() == before
    again.set("expressions", [])
    assert translated(translations, text)[0].sql() == before
    assert translated(translations, text, "OTHER")[1]
    assert translated(translations, text.replace(" T", " t"))[1]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT A FROM IDENTIFIER(?)",
        "SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))",
        "SELECT S.NEXTVAL",
        "SELECT RANDOM()",
        "CREATE TABLE T (A NUMBER AUTOINCREMENT)",
        "CREATE TABLE T AS SELECT 1 AS A",
        "CREATE TABLE T CLONE U",
        "CREATE DATABASE D",
        "USE SCHEMA S",
        "COPY INTO T FROM @S",
        f"SELECT '{'x' * 20_000}'",
    ],
)
def test_what_depends_on_more_than_the_text_is_translated_each_time(text: str) -> None:
    """On a value, an earlier result or the database; and a text with much data does not come again."""
    translations = Translations()
    assert [translated(translations, text)[1] for _ in range(2)] == [True, True]


def test_the_translations_that_were_used_longest_ago_make_room() -> None:
    """A client may write its values into the text, which would push out what comes again."""
    translations = Translations()
    for number in range(501):
        assert translated(translations, f"SELECT {number}")[1]
        assert translated(translations, "SELECT 'again'")[1] == (number == 0)
    assert not translated(translations, "SELECT 2")[1]
    assert translated(translations, "SELECT 1")[1]


def test_the_same_statements_work_in_every_database_and_schema(connect: Connect) -> None:
    """Each session reads and writes where it is, as if the other ones had never sent the text."""
    places = [(database, schema) for database in ("ONE", "TWO") for schema in ("PUBLIC", "OTHER")]
    for database, schema in places:
        session = connect().cursor()
        for statement in (
            f"CREATE DATABASE IF NOT EXISTS {database}",
            f"CREATE SCHEMA IF NOT EXISTS {schema}",
            f"USE SCHEMA {schema}",
            "CREATE TABLE PLACES (NAME VARCHAR(20) COMMENT 'where')",
            "INSERT INTO PLACES SELECT CURRENT_DATABASE() || '.' || CURRENT_SCHEMA()",
            "CREATE OR REPLACE VIEW SEEN (PLACE COMMENT 'where') AS SELECT NAME FROM PLACES",
        ):
            session.execute(statement)
        for query in ("SELECT * FROM PLACES", "SELECT PLACE FROM SEEN"):
            assert session.execute(query).fetchall() == [(f"{database}.{schema}",)], query  # type: ignore[union-attr]
        assert session.execute(  # type: ignore[union-attr]
            "SELECT table_schema, character_maximum_length FROM information_schema.columns "
            "WHERE table_name = 'PLACES' AND table_schema = CURRENT_SCHEMA()"
        ).fetchall() == [(schema, 20)]
