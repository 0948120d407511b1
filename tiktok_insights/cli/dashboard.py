"""`tiktok-insights dashboard`: makes the dashboard from the marts, says where it is, and opens it."""

import webbrowser
from pathlib import Path

import click

from tiktok_insights.cli.commands import read_settings_of_a_used_home
from tiktok_insights.settings.terminal import has_display


@click.command()
@click.option("--account", "accounts", multiple=True, help="Handle or ID. Can be repeated. Default: the 20 largest.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Default: dashboard/index.html in TIKTOK_INSIGHTS_HOME; with --account, accounts.html.",
)
@click.option("--open", "wants_browser", is_flag=True, help="Open it in the browser.")
def dashboard(accounts: tuple[str, ...], output: Path | None, *, wants_browser: bool) -> None:
    """Make the dashboard, one HTML file.

    It opens without a server. Each run makes it too, in dashboard/index.html in TIKTOK_INSIGHTS_HOME and in the bucket;
    this command writes to this machine only. The file has names of followers: see "Share the dashboard" in docs/how_to
    before you send it to anyone, and TIKTOK_PSEUDONYMS for made-up names.

    \b
    Examples:
        tiktok-insights dashboard --open
        tiktok-insights dashboard --account corner.bakery --output bakery.html
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.dashboard.making import make_page
    from tiktok_insights.dashboard.publishing import dashboard_path, write_page
    from tiktok_insights.resources.opening import open_session

    settings = read_settings_of_a_used_home()
    usual = dashboard_path(settings.home)
    path = (output or (usual.with_name("accounts.html") if accounts else usual)).absolute()
    with open_session(settings.snowflake, "dashboard") as session:
        made = make_page(session, settings.dashboard, accounts)
    write_page(path, made.page)
    click.echo(f"The dashboard is {path}")
    if wants_browser and not (has_display() and webbrowser.open(path.as_uri())):
        click.echo("There is no display here. Open the file in a browser.")
