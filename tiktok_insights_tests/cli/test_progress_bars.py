"""Bars for a person at a terminal, and not one byte of them for anybody else."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest

from tiktok_insights.progress import SILENT, Progress, ProgressReporter
from tiktok_insights_tests.support.terminals import at_a_terminal

_WORK = """
import sys
from contextlib import suppress
from tiktok_insights.cli.progress_bars import progress_bars
from tiktok_insights.progress import Progress
with progress_bars("the job") as progress:
    progress.report(Progress("some.shop", 1_234, 5_000, "users"))
    progress.report(Progress("[red]odd", 7, None, "users"))
    print("a line of the log", file=sys.stderr)
    progress.report(Progress("some.shop", 5_000, 5_000, "users", has_ended=True))
print("the end")
"""
_COMMAND = [sys.executable, "-c", _WORK]


def test_at_a_terminal_each_account_has_a_bar() -> None:
    """How far of how much, also where the whole is unknown; lines of the log and the end stand for themselves."""
    code, seen = at_a_terminal(_COMMAND)
    assert code == 0, seen
    for words in ("the job", "some.shop", "1,234 of 5,000 users", "[red]odd", "7 users", "a line of the log\r\n"):
        assert words in seen, seen
    assert "━" in seen
    assert seen.endswith("the end\r\n")


@pytest.mark.parametrize("text", ["true", "1"])
def test_in_ci_there_are_no_bars(text: str) -> None:
    """Its terminal is a file that somebody reads later."""
    assert at_a_terminal(_COMMAND, CI=text) == (0, "a line of the log\r\nthe end\r\n")


def test_in_a_pipe_there_are_no_bars() -> None:
    """Programs read what is printed."""
    answer = subprocess.run(_COMMAND, capture_output=True, text=True, timeout=60, env=dict(os.environ), check=True)  # noqa: S603
    assert (answer.stdout, answer.stderr) == ("the end\n", "a line of the log\n")


def test_without_colour_bars_are_plain() -> None:
    """NO_COLOR leaves the bars and takes their colours."""
    _, coloured = at_a_terminal(_COMMAND)
    _, plain = at_a_terminal(_COMMAND, NO_COLOR="1")
    assert "\x1b[38;5;" in coloured
    assert "\x1b[38;5;" not in plain
    assert "1,234 of 5,000 users" in plain


def test_every_subscriber_gets_each_report_from_the_first_to_the_last() -> None:
    """Each thing as it begins, and the end, also when it comes early; without subscribers nothing happens."""
    one: list[Progress] = []
    other: list[Progress] = []
    for progress in (ProgressReporter(one.append, other.append), SILENT):
        with suppress(KeyError), progress.track("staging", 3, "objects") as advance:
            advance()
            advance()
            raise KeyError
        progress.report(Progress("more", 1, None, "users"))
    assert one == other
    assert one == [
        Progress("staging", 0, 3, "objects"),
        Progress("staging", 1, 3, "objects"),
        Progress("staging", 2, 3, "objects", has_ended=True),
        Progress("more", 1, None, "users"),
    ]
