"""What the commands have in common: they fail in words, and print results in a format of the person's choice."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tiktok_insights.printable import printable

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Where exceptions come from whose message a person can act on: ours, and the clients' of AWS and Snowflake.
_IN_WORDS = ("tiktok_insights.", "botocore.", "snowflake.connector.")


class Commands(click.Group):
    """A group whose commands say what a person can fix, and leave tracebacks to bugs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what is wrong with settings, stack, source, bucket or warehouse is an error message."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not any(kind.__module__.startswith(_IN_WORDS) for kind in type(error).__mro__):
                raise
            raise click.ClickException(printable(str(error))) from error


def format_option(*formats: str) -> Callable[[_Command], _Command]:
    """The option --format of a command that prints a result: `table` for people, the others for programs."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["table", *formats]),
        default="table",
        show_default=True,
        help="Output format.",
    )
