"""`tiktok-insights sql`: statements on the deployment's warehouse, results as a table, CSV or JSON."""

import sys

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.rows import render


@click.command()
@click.argument("statements")
@format_option("csv", "json")
def sql(statements: str, output: str) -> None:
    """Run SQL and print the result.

    Runs STATEMENTS, separated by semicolons, in the deployment's warehouse and prints the rows of the last one. `-`
    reads them from standard input. --format json prints an array with one object per row, csv prints values in full,
    and table truncates long values.

    \b
    Examples:
        tiktok-insights sql "SELECT COUNT(*) FROM TIKTOK_DATA"
        tiktok-insights sql "USE ROLE ACCOUNTADMIN; USE WAREHOUSE COMPUTE_WH; USE AMAZON_DB;
                             USE SCHEMA Main; SELECT * FROM tiktok_data;" --format csv
        tiktok-insights sql "SELECT HANDLE, USERS_SEEN, USERS_CLAIMED FROM ACCOUNT_SNAPSHOTS"
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.resources.opening import open_session

    text = sys.stdin.read() if statements == "-" else statements
    if not text.strip():
        raise click.UsageError("STATEMENTS is empty.")
    with open_session(read_settings_of_a_used_home().snowflake, "sql") as session:
        names, rows = session.script(text)
    click.echo(render(names, rows, output), nl=False)
