"""How measures are made: the few shapes of DAX that they have, each with the SQL that computes the same.

Add a shape here when several measures have it; the measures of a page belong in its module. DAX cannot be run in the
tests, so a shape must be plain enough that reading it is the proof.
"""

from tiktok_insights.powerbi.model.objects import Measure

COUNT = "#,0"
CHANGE = "+#,0;-#,0;0"
SHARE = "0.0%"
NUMBER = "#,0.0"
TIME = "yyyy-mm-dd hh:nn"
TEXT = ""

#: The table with one row per account.
ACCOUNTS = "ACCOUNT_COVERAGE"
_OF_ACCOUNT = "WHERE ACCOUNT_ID = {account}"


def of_one_account(expression: str) -> str:
    """Give a number only if one account is chosen: numbers of several are never added up."""
    return f"IF(COUNTROWS({ACCOUNTS}) = 1, {expression})"


def of_one_row(
    table: str, column: str, name: str, meaning: str, format_: str, *, by: str = "", where: str = ""
) -> Measure:
    """Show a number of a mart as it is, if one row is left of the mart.

    `by` are the columns that a visual shows beside it, or that a slicer chooses; the twin gives each of their rows.
    """
    function = "MAX" if format_ == SHARE else "SUM"
    rows = f" AND {where}" if where else ""
    sql = f"SELECT {f'{by}, ' if by else ''}{column} FROM {{table}} {_OF_ACCOUNT}{rows}"
    return Measure(name, f"IF(COUNTROWS({table}) = 1, {function}({table}[{column}]))", meaning, format_, sql)


def of_account(name: str, expression: str, meaning: str, format_: str, sql: str) -> Measure:
    """Compute a number of one account; `sql` gives its rows, with {rows} for the table and the account's filter."""
    text = sql.replace("{rows}", f"{{table}} {_OF_ACCOUNT}")
    return Measure(name, of_one_account(expression), meaning, format_, text)
