"""The sum over IDs is the same number in Python, in DuckDB and in the local Snowflake, and the documented one."""

from collections.abc import Sequence

import duckdb
import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.id_sums import SqlEngine, id_sum, id_sum_sql
from tiktok_insights_tests.support.shared_warehouse import environment, session, shared_database

__all__ = ["environment", "session", "shared_database"]

#: Snowflake's documentation gives the first number for MD5_NUMBER_LOWER64; the others are what `md5sum` prints last.
NUMBERS = {
    "Snowflake": 9203306159527282910,
    "": 0xE9800998ECF8427E,
    "1": 0x0DCC509A6F75849B,
    "7423456789012345149": 0x03128F0F2BD3D192,
    "99999999999999999999": 0x7F0C021F59C0D279,
    "ünï 😀": 0xA4FF7641B8D8BD37,
}
CASES = ([], *([text] for text in NUMBERS), [*NUMBERS], ["1"] * 3 + ["99999999999999999999"] * 1000)


def expected(texts: Sequence[str]) -> int:
    """The sum from the list of numbers."""
    return sum(NUMBERS[text] for text in texts)


@pytest.mark.parametrize("texts", CASES)
def test_python_adds_up_the_documented_numbers(texts: Sequence[str]) -> None:
    """The sum over bytes is that over the numbers, however often an ID is there."""
    assert id_sum(text.encode() for text in texts) == expected(texts)


def test_duckdb_adds_up_the_documented_numbers() -> None:
    """The sum is a DECIMAL(38,0): as DuckDB's own HUGEINT it would become a double in Parquet."""
    duck = duckdb.connect()
    sql = id_sum_sql("id", SqlEngine.DUCKDB)
    for texts in CASES:
        found = duck.execute(f"SELECT {sql}, typeof({sql}) FROM (SELECT unnest(?::VARCHAR[]) AS id)", [texts])
        assert found.fetchall() == [(expected(texts), "DECIMAL(38,0)")]
    assert duck.execute(f"SELECT {sql} FROM (SELECT NULL::VARCHAR AS id)").fetchall() == [(NUMBERS[""],)]


def test_the_local_snowflake_adds_up_the_documented_numbers(session: Session) -> None:
    """So does a call outside of a sum, as a person may write it."""
    sql = id_sum_sql("ID", SqlEngine.SNOWFLAKE)
    session.execute("CREATE TEMPORARY TABLE IDS (CASE_NUMBER NUMBER(38,0), ID VARCHAR)")
    session.execute(f"INSERT INTO IDS VALUES {', '.join(['(1, ?)'] * len(NUMBERS))}", [*NUMBERS])
    session.execute("INSERT INTO IDS SELECT 2, '99999999999999999999' FROM TABLE(GENERATOR(ROWCOUNT => 1000))")
    rows = session.query(f"SELECT CASE_NUMBER, {sql} FROM IDS GROUP BY CASE_NUMBER ORDER BY CASE_NUMBER")
    assert rows == [(1, expected([*NUMBERS])), (2, 1000 * NUMBERS["99999999999999999999"])]
    assert session.query(f"SELECT {sql} FROM IDS WHERE CASE_NUMBER = 3") == [(0,)]
    assert session.query("SELECT MD5_NUMBER_LOWER64('Snowflake')") == [(NUMBERS["Snowflake"],)]
    assert session.query(f"SELECT {sql} FROM (SELECT CAST(NULL AS VARCHAR) AS ID) AS NOBODY") == [(NUMBERS[""],)]
