"""`tiktok-insights powerbi ...`: writes the Power BI project, and compares its model with the warehouse."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import Commands, read_settings_of_a_used_home

if TYPE_CHECKING:
    from tiktok_insights.powerbi.project import Difference


@click.group(cls=Commands)
def powerbi() -> None:
    """Make the Power BI project and check it.

    The project is a folder of text files that Power BI Desktop opens: a semantic model of TIKTOK_DATA and the marts,
    and a report. The repository has it in powerbi/. "Open it in Power BI" in docs/how_to says what to do with it.
    """


@powerbi.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("powerbi"),
    show_default=True,
    help="The folder to write.",
)
@click.option("--replace-edited", is_flag=True, help="Also replace files that were changed since they were written.")
def build(output: Path, *, replace_edited: bool) -> None:
    """Write the project's files.

    Replaces the files that are not as the code makes them, and removes those that it no longer makes. Files that you
    or Power BI Desktop added are left alone. Files that were changed since they were written are only replaced with
    --replace-edited.

    \b
    Examples:
        tiktok-insights powerbi build
        tiktok-insights powerbi build --output ../my_report
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.powerbi.project import write

    changes = write(output, replaces_edited=replace_edited)
    for difference in changes:
        click.echo(f"{difference.change.value}: {difference.path}")
    click.echo(f"The project is {output.absolute()}: {_summary(changes)}")


@powerbi.command()
def check() -> None:
    """Compare the model with the warehouse.

    Looks for each table and view that the model reads, in the warehouse of the settings and with their role: whether
    it is there, whether it is a table or a view, whether each column has a type that the model can take, and whether
    the role may read it. No rows are read, and nothing is changed.

    Prints a line for each problem, with what to do. The exit code is 0 if there is none, and 1 otherwise.
    """
    from tiktok_insights.powerbi.check import compare
    from tiktok_insights.resources.opening import open_session

    with open_session(read_settings_of_a_used_home().snowflake, "powerbi") as session:
        compared, where = compare(session), session.namespace.database
    for problem in compared.problems:
        click.echo(problem)
    extent = f"{compared.tables} views with {compared.columns} columns in {where}"
    if compared.problems:
        raise click.ClickException(
            f"Power BI could not refresh the model. Compared were {extent}; problems: {len(compared.problems)}. Follow "
            "the lines above."
        )
    click.echo(f"The model can be refreshed: all {extent} are as it expects.")


def _summary(changes: "Sequence[Difference]") -> str:
    if not changes:
        return "it is up to date."
    return f"{len(changes)} file{'s' * (len(changes) > 1)} changed."
