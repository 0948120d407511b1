"""`tiktok-insights retry-refused`: lets the next run try refused objects again."""

import click

from tiktok_insights.cli.commands import format_option, read_settings_of_a_used_home
from tiktok_insights.cli.rows import render
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.text.printable import printable

_RUN = "tiktok-insights run --job load_pending_objects"
_REFUSED = f"SELECT OBJECT_KEY, REASON FROM LOAD_HISTORY WHERE STATUS = '{LoadStatus.REFUSED}'"


@click.command()
@click.argument("key", required=False)
@format_option("csv", "json")
def retry_refused(key: str | None, output: str) -> None:
    """Let the next run retry refused objects.

    Without KEY (or its s3:// URI), retries all of them. An object is refused if it cannot be read or is faulty. The
    check `no_object_is_refused` and LOAD_HISTORY say why and what to do. A fixed object needs no retry: the next run
    loads its new version. --format csv and json print the keys of the objects that will be retried.
    """
    settings = read_settings_of_a_used_home()

    from tiktok_insights.resources.opening import open_session
    from tiktok_insights.staging.ledger import forget_refused
    from tiktok_insights.tables.creation import ensure_tables

    with open_session(settings.snowflake, "retry-refused") as session:
        ensure_tables(session, settings.snowflake.tables_remedy)
        keys = forget_refused(session, key and key.removeprefix(f"s3://{settings.s3.bucket}/"))
    if key and not keys:
        raise click.ClickException(
            f'{key} is not refused. To list refused objects:\n  tiktok-insights sql "{_REFUSED}"'
        )
    if output != "table":
        click.echo(render(("object",), [(forgotten,) for forgotten in keys], output), nl=False)
        return
    for forgotten in keys:
        click.echo(printable(f"Will be retried: {forgotten}"))
    click.echo(f"Now run:  {_RUN}" if keys else "No objects are refused.")
