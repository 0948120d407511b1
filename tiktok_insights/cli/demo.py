"""`tiktok-insights demo`: plays the demo in its own folder, loads it once, and says what there is to see."""

import shlex
from pathlib import Path

import click

from tiktok_insights.cli.command_path import command_path
from tiktok_insights.cli.execution import run_job
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.cli.ui import DEFAULT_PORT, ui_lock
from tiktok_insights.local import stack
from tiktok_insights.local.folder import held, is_held
from tiktok_insights.settings.environment import read_settings, use_variables


@click.command()
@click.option("--rebuild", is_flag=True, help="Delete the demo's data and make it again.")
@click.pass_obj
def demo(home: Path, *, rebuild: bool) -> None:
    """Make 60 days of three made-up accounts.

    Plays 60 days of demo.bakery, demo.museum and demo.cafe in two or three minutes: the fake API moves its clock from
    day to day, the real extraction takes a snapshot of each account, and one run loads all of them. There is a burst, a
    list that is cut, users who return, and users of whom nothing is known. At the end it says where each of them is.

    The demo has its own folder, demo in TIKTOK_INSIGHTS_HOME, with its own local stack, tables and runs.
    Nothing else is read or changed. If it is there already, the command only shows what is in it. If it was
    interrupted, it continues.
    """
    from tiktok_insights.demo.folder import DemoFolder
    from tiktok_insights.demo.story import STORY

    folder = DemoFolder.of(home)
    if folder.is_strange:
        raise click.ClickException(
            f"{folder.root} has files that the demo did not make. Move them away, or set TIKTOK_INSIGHTS_HOME to "
            "another folder."
        )
    folder.root.mkdir(parents=True, exist_ok=True)
    with held(folder.lock, limit_seconds=1.0):
        if rebuild or not folder.words(STORY):
            _make(folder.root, rebuild=rebuild)
        click.echo(f"\nThe demo is in {folder.root}.\n{folder.words(STORY)}\n{_next_steps(folder.root)}")


def _make(root: Path, *, rebuild: bool) -> None:
    from tiktok_insights.demo.days import play
    from tiktok_insights.demo.folder import DemoFolder
    from tiktok_insights.demo.story import CAP, STORY, looks
    from tiktok_insights.demo.summary import words

    folder = DemoFolder(root)
    if is_held(ui_lock(root)):
        raise click.ClickException(f"The demo's UI is running. Stop it first: cd {root} && tiktok-insights stop")
    accounts = [told.handle for told in STORY.accounts]
    if rebuild or not folder.has(STORY):
        folder.note_down(None)
        stack.reset(root)
        folder.note_down(STORY)
    use_variables(folder.write_settings(accounts, CAP))
    click.echo(f"Playing {STORY.days} days of {', '.join(accounts)} in {root}. This takes two to three minutes.")
    try:
        with progress_bars("demo") as progress:
            said = words(play(read_settings(), STORY, looks(), progress).truth)
        run_job("load_pending_objects", {}, show_next_steps=False)
        folder.note_down(STORY, said)
    finally:
        stack.stop(root)


def _next_steps(root: Path) -> str:
    here, command = shlex.quote(str(root)), command_path(root)
    return (
        "Its commands are run in its folder:\n"
        f"  Look:   cd {here} && {command} ui, then http://127.0.0.1:{DEFAULT_PORT}\n"
        f'  Query:  cd {here} && {command} sql "SELECT STATE, COUNT(*) AS USERS FROM Main.follower_status GROUP BY 1"\n'
        f"  Stop:   cd {here} && {command} stop"
    )
