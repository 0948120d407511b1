"""`tiktok-insights glue ...`: brings the package of the Glue job into the bucket. Defining the job is not done here."""

from pathlib import Path

import click

from tiktok_insights.cli.commands import Commands


@click.group(cls=Commands)
def glue() -> None:
    """Prepare the Glue job for large batches."""


@glue.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/glue"),
    show_default=True,
    help="Where make glue-package has written the package.",
)
def upload(folder: Path) -> None:
    """Put script and package into the bucket.

    Prints their addresses. Each version has a folder of its own that is named by its checksum, so that a job that is
    running keeps what it was started with. What is there already is not sent again.

    \b
    The job needs both addresses:
        the script                          as its ScriptLocation
        --additional-python-modules         the package
        --python-modules-installer-option   --no-index
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.resources.opening import open_bucket
    from tiktok_insights.settings.environment import read_settings
    from tiktok_insights.staging.glue import packages

    uploaded = packages.upload(open_bucket(read_settings().s3), folder)
    click.echo(f"script: {uploaded.script}")
    click.echo(f"package: {uploaded.package}")
