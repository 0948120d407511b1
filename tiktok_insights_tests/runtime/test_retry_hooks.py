"""Retries at the entry points: nothing is printed past the log, which stamina does by itself where structlog is."""

import logging
from collections.abc import Callable, Iterator

import pytest
import stamina
from click.testing import CliRunner
from snowflake.connector.errors import ProgrammingError
from stamina.instrumentation import LoggingOnRetryHook, StructlogOnRetryHook, set_on_retry_hooks

from tiktok_insights import definitions
from tiktok_insights.cli import main
from tiktok_insights.clients.snowflake_session import retry_conflicts

Enter = Callable[[], object]
ENTRY_POINTS = [
    pytest.param(definitions.defs, id="the definitions"),
    pytest.param(lambda: CliRunner().invoke(main, ["local", "status"]), id="the command line"),
]


@pytest.fixture
def hooks() -> Iterator[None]:
    """Stamina as a process has it at its beginning, and afterwards as it was."""
    before = stamina.instrumentation.get_on_retry_hooks()
    set_on_retry_hooks(None)
    yield
    set_on_retry_hooks(before)


def lose_once() -> None:
    """Run a transaction that loses against another one."""
    lost = [ProgrammingError(msg="lock", errno=625)]

    @retry_conflicts
    def publish() -> None:
        if lost:
            raise lost.pop()

    publish()


def test_stamina_alone_prints_each_retry(hooks: None, capfd: pytest.CaptureFixture[str]) -> None:
    """Why the hooks are removed: structlog is installed with Dagster, and prints on standard output."""
    lose_once()
    assert "stamina.retry_scheduled" in capfd.readouterr().out


@pytest.mark.parametrize("enter", ENTRY_POINTS)
@pytest.mark.parametrize("installed", [None, [StructlogOnRetryHook], [LoggingOnRetryHook]])
def test_behind_an_entry_point_a_retry_is_one_line_of_our_log(
    hooks: None,
    environment: dict[str, str],
    installed: list[stamina.instrumentation.RetryHookFactory] | None,
    enter: Enter,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With structlog and without: nothing on either output, and of the log the line of whoever retried."""
    set_on_retry_hooks(installed)
    enter()
    capfd.readouterr()
    caplog.set_level(logging.DEBUG)
    lose_once()
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == ["publish ran 2 times because other loads used the same tables."]
