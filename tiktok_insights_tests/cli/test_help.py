"""The help of every command is a page that a person can read."""

from collections.abc import Iterator

import click
import pytest

from tiktok_insights.cli import main


def commands(group: click.Group, words: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, with the words that call it."""
    for name, command in group.commands.items():
        yield f"{words}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{words}{name} ")


@pytest.mark.parametrize(("words", "command"), [("", main), *commands(main)])
def test_the_help_says_what_the_command_does_and_shows_examples_line_by_line(
    words: str, command: click.Command
) -> None:
    """No mark of the formatter is left over; the first sentence is short; every option explains itself."""
    text = command.get_help(click.Context(command))
    assert command.help
    assert len(command.get_short_help_str(limit=200)) < 45, "a list of commands would cut it"
    assert "\\b" not in text
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "version":
            assert parameter.help, parameter.name
