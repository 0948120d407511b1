"""`tiktok-insights export`: a table or mart as a file, or everything about a person."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import read_settings_of_a_used_home
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.rows import counted

if TYPE_CHECKING:
    from tiktok_insights.exports.changes import Changes


@click.command()
@click.argument("name", required=False)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "xlsx", "parquet"]),
    help="Format of a table's file. Default: csv.",
)
@click.option(
    "--person", help="Instead of a table: everything that is held about the user with this ID, handle or secUid."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder or the file to write. Default: the working directory, and a file named after what is in it.",
)
@click.option("--replace", is_flag=True, help="Replace the file if there is one.")
def export(name: str | None, file_format: str | None, person: str | None, out: Path | None, *, replace: bool) -> None:
    """Write a table or a person's data to a file.

    NAME is a table or a mart of the data model, in any case, such as followers_gone or PUBLIC.TIKTOK_DATA. The rows are
    read with one statement, in the order of the mart or of the table's key, and any number of them needs the same
    memory. The file appears when it is complete.

    csv and xlsx are for spreadsheets. Text that a spreadsheet would run as a formula gets an apostrophe, and the
    file's name says so. In csv, NULL is an empty field and an empty text is "". Excel reads the IDs of a CSV as
    numbers and rounds them; in xlsx they are text. More rows than a sheet holds go to further sheets. parquet has
    every value exactly as it is in the warehouse, for pandas, DuckDB and other programs.

    --person writes a ZIP: the person's rows in all tables and marts, and their part of every response, CSV and
    quarantine file in the bucket, each with its source and time, and a README that says what was searched. It reads the
    whole bucket. The exit code is 1 if something could not be read; the ZIP is written, and the README names it.

    \b
    Examples:
        tiktok-insights export followers_gone --format xlsx
        tiktok-insights export TIKTOK_DATA --format parquet --out exports/
        tiktok-insights export --person 7420366745511658149
    """  # noqa: D301  # click's mark of lines to leave as they are
    if (name is None) == (person is None):
        raise click.UsageError("Name either a table or mart, or a person with --person.")
    if person is not None and file_format is not None:
        raise click.UsageError("--format is for tables and marts: a person's data is a ZIP. Leave it out.")
    if name is not None:
        _export_table(name, file_format or "csv", out, replace=replace)
    elif person is not None:
        _export_person(person, out, replace=replace)


def _export_table(name: str, file_format: str, out: Path | None, *, replace: bool) -> None:
    from tiktok_insights.exports.exporting import export as export_source
    from tiktok_insights.exports.sources import find_source
    from tiktok_insights.exports.target import FileFormat, require_free, target_of
    from tiktok_insights.resources.opening import open_session

    settings = read_settings_of_a_used_home().snowflake
    source = find_source(name, settings.namespace)
    chosen = FileFormat(file_format)
    path = target_of(source.name, chosen.ending, out)
    require_free(path, replace=replace)
    with progress_bars(f"export {source.name}") as progress, open_session(settings, "export") as session:
        made = export_source(session, source, chosen, path, replace=replace, progress=progress)
    order = f", ordered by {source.order}" if source.order else ""
    click.echo(f"{counted(made.rows, 'row')} of {source.schema}.{source.name} in {path}{order}.")
    for words in _said(made.changes):
        click.echo(words)


def _export_person(reference: str, out: Path | None, *, replace: bool) -> None:
    from tiktok_insights.exports.target import target_of, written_whole
    from tiktok_insights.people.archive import label_of, name_of, write_archive
    from tiktok_insights.people.identification import identify
    from tiktok_insights.people.places import all_places
    from tiktok_insights.resources.opening import open_bucket, open_session

    settings = read_settings_of_a_used_home()
    store = open_bucket(settings.s3)
    with progress_bars("export of a person") as progress, open_session(settings.snowflake, "export") as session:
        person = identify(session, store, reference, progress)
        name = label_of(person)
        path = target_of(name_of(person), ".zip", out)
        with written_whole(path, replace=replace) as folder:
            places = tuple(all_places(session, store))
            made = write_archive(folder / path.name, person, places, datetime.now(UTC), progress)
    held = sum(1 for count in made.counts.values() if count)
    click.echo(f"{path} has what {held} of {counted(len(places), 'place')} hold about {name}: {made.found:,} in all.")
    if made.unread:
        raise click.ClickException(
            f"{counted(len(made.unread), 'object')} could not be read, and may hold the person. README.txt in {path} "
            "names them and says why. Repair them, and run again with --replace."
        )


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
