"""docs/reference/cli.md: every command of `tiktok-insights`, as its own help says it."""

import inspect
import re
import textwrap
from collections.abc import Iterator

import click

from docs.generate import markdown
from tiktok_insights.cli import main

_NAME = "tiktok-insights"
#: click's mark of a paragraph whose lines stay as they are.
_VERBATIM = "\b\n"

_INTRODUCTION = f"""{markdown.NOTICE}

This is also the `--help` text of each command. The option `--version` prints the version. Settings come from a
`.env` file in the working directory or from the environment: see [Configuration](configuration.md)."""


def cli() -> str:
    """The whole document."""
    parts = ["# The command line", _INTRODUCTION, *_prose(main), *_commands(main, _NAME)]
    return "\n\n".join(parts) + "\n"


def _commands(group: click.Group, name: str) -> Iterator[str]:
    """The sections of a group's commands, in the order of its help."""
    for word in group.list_commands(click.Context(group)):
        command = group.commands[word]
        called = f"{name} {word}"
        yield f"## {called}"
        usage = " ".join([called, *command.collect_usage_pieces(click.Context(command))])
        yield markdown.block(usage, "text")
        yield from _prose(command)
        yield from _options(command)
        if isinstance(command, click.Group):
            yield from _commands(command, called)


def _prose(command: click.Command) -> Iterator[str]:
    """The help's paragraphs; a verbatim one is a title and a block."""
    for paragraph in re.split(r"\n\n+", inspect.cleandoc(command.help or "")):
        if paragraph.startswith(_VERBATIM):
            title, _, lines = paragraph.removeprefix(_VERBATIM).partition("\n")
            yield title
            yield markdown.block(textwrap.dedent(lines), "text")
        else:
            yield paragraph


def _options(command: click.Command) -> Iterator[str]:
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    if options:
        yield markdown.table(("option", "default", "meaning"), map(_row, options))


def _row(option: click.Option) -> tuple[str, str, str]:
    metavar = "" if option.is_flag else f" {option.make_metavar(click.Context(main))}"
    # Without a default, click has a marker there.
    value = option.to_info_dict()["default"]
    is_set = not option.is_flag and not option.multiple and value is not None
    default = markdown.code(str(value)) if is_set else ""
    return markdown.code(", ".join(option.opts) + metavar), default, option.help or ""
