"""`tiktok-insights export`: a table or mart as a file, for Excel or for programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import read_settings_of_a_used_home
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.rows import counted

if TYPE_CHECKING:
    from tiktok_insights.exports.changes import Changes


@click.command()
@click.argument("name")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    default="csv",
    show_default=True,
    help="Format of the file.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder or the file to write. Default: the working directory, and a file named after NAME.",
)
@click.option("--replace", is_flag=True, help="Replace the file if there is one.")
def export(name: str, file_format: str, out: Path | None, *, replace: bool) -> None:
    """Write a table or mart to a file.

    NAME is a table or a mart of the data model, in any case, such as followers_gone or PUBLIC.TIKTOK_DATA. The rows are
    read with one statement, in the order of the mart or of the table's key, and any number of them needs the same
    memory. The file appears when it is complete.

    csv and xlsx are for spreadsheets. Text that a spreadsheet would run as a formula gets an apostrophe, and the
    file's name says so. In csv, NULL is an empty field and an empty text is "". Excel reads the IDs of a CSV as
    numbers and rounds them; in xlsx they are text. More rows than a sheet holds go to further sheets. parquet has
    every value exactly as it is in the warehouse, for pandas, DuckDB and other programs.

    \b
    Examples:
        tiktok-insights export followers_gone --format xlsx
        tiktok-insights export TIKTOK_DATA --format parquet --out exports/
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.exports.exporting import export as export_source
    from tiktok_insights.exports.sources import find_source
    from tiktok_insights.exports.target import FileFormat, require_free, target_of
    from tiktok_insights.resources.opening import open_session

    settings = read_settings_of_a_used_home().snowflake
    source = find_source(name, settings.namespace)
    path = target_of(source.name, FileFormat(file_format), out)
    require_free(path, replace=replace)
    with progress_bars(f"export {source.name}") as progress, open_session(settings, "export") as session:
        made = export_source(session, source, FileFormat(file_format), path, replace=replace, progress=progress)
    order = f", ordered by {source.order}" if source.order else ""
    click.echo(f"{counted(made.rows, 'row')} of {source.schema}.{source.name} in {path}{order}.")
    for words in _said(made.changes):
        click.echo(words)


def _said(changes: "Changes") -> Iterator[str]:
    """What the file says otherwise than the warehouse."""
    if changes.neutralized:
        yield f"{counted(changes.neutralized, 'cell')} got an apostrophe before =, +, -, @ or a tab."
    if changes.long_numbers:
        yield f"{counted(changes.long_numbers, 'number')} with more than 15 digits became text: Excel would round."
    if changes.early_times:
        yield f"{counted(changes.early_times, 'time')} before 1901 became text: Excel does not know earlier ones."
    if changes.sheets > 1:
        yield f"The rows are in {changes.sheets} sheets, because a sheet holds 1,048,576 rows."
