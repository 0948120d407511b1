"""`tiktok-insights sql`: statements on the deployment's warehouse, results as a table, CSV or JSON."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from tiktok_insights.resources.connections import connect
from tiktok_insights.resources.deployments import read_settings

if TYPE_CHECKING:
    from tiktok_insights.warehouse_session import Row

_MAX_CELL = 60


@click.command()
@click.argument("statements")
@click.option(
    "--format", "output", type=click.Choice(["table", "csv", "json"]), default="table", help="How to print the rows."
)
def sql(statements: str, output: str) -> None:
    r"""Run SQL on the deployment's warehouse and print the last statement's rows.

    STATEMENTS may be several, with semicolons between them; `-` reads them from standard input. --format json prints
    an array with one object a row, csv the texts as they are, table cuts long texts.

    \b
    Examples:
        tiktok-insights sql "SELECT COUNT(*) FROM TIKTOK_DATA"
        tiktok-insights sql "USE ROLE ACCOUNTADMIN; USE WAREHOUSE COMPUTE_WH; USE AMAZON_DB;
                             USE SCHEMA Main; SELECT * FROM tiktok_data;" --format csv
        tiktok-insights sql "SELECT HANDLE, USERS_SEEN, USERS_CLAIMED FROM ACCOUNT_SNAPSHOTS"
    """
    from snowflake.connector.errors import Error

    from tiktok_insights.resources.connector import open_session

    text = sys.stdin.read() if statements == "-" else statements
    try:
        with open_session(connect(read_settings())) as session:
            names, rows = session.script(text)
    except Error as error:
        raise click.ClickException(str(error)) from error
    click.echo(_render(names, rows, output), nl=False)


def _render(names: Sequence[str], rows: Sequence["Row"], output: str) -> str:
    if output == "json":
        return json.dumps([dict(zip(names, map(_plain, row), strict=True)) for row in rows], ensure_ascii=False) + "\n"
    if output == "csv":
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([names, *(["" if cell is None else _plain(cell) for cell in row] for row in rows)])
        return file.getvalue()
    from tabulate import tabulate

    cells = [[_short(cell) for cell in row] for row in rows]
    # Every cell is text already: an id must not be read as a number again.
    table = tabulate(cells, headers=list(names), tablefmt="simple", disable_numparse=True)
    return f"{table}\n{len(rows):,} {'row' if len(rows) == 1 else 'rows'}\n"


def _plain(cell: object) -> object:
    """A value as JSON and CSV can hold it, without loss: times as ISO 8601, wide numbers as they are."""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else str(cell)
    return cell


def _short(cell: object) -> str:
    text = "NULL" if cell is None else " ".join(str(_plain(cell)).split())
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"
