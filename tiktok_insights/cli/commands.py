"""What the commands have in common: errors in words, no home created just to be read, and output formats."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tiktok_insights.cli.refusals import full_disk, refusal
from tiktok_insights.local import stack
from tiktok_insights.settings.environment import Deployment, Settings, read_settings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.text.printable import printable

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
            if words := _not_signed_in(error):
                raise click.ClickException(words) from error
            if any(kind.__module__.startswith(_IN_WORDS) for kind in type(error).__mro__):
                raise click.ClickException(_full_disk() or printable(str(error))) from error
            if words := refusal(error, *_homes()):
                raise click.ClickException(words) from error
            raise


def _not_signed_in(error: Exception) -> str | None:
    """What boto3 does not say of a machine without AWS credentials: where, and what to do."""
    if (type(error).__module__, type(error).__name__) != ("botocore.exceptions", "NoCredentialsError"):
        return None
    settings = _settings()
    place = f" for the bucket {settings.s3.bucket}" if settings else ""
    return f"This machine has no AWS credentials{place}. Sign in with: aws configure sso, or set AWS_PROFILE."


def _full_disk() -> str | None:
    """What the local stack cannot tell: a service without space says that it has failed."""
    settings = _settings()
    return full_disk(settings) if settings else None


def _homes() -> tuple[Path, Path]:
    """Where this machine's state is, and Dagster's; the working directory where the settings do not say."""
    settings = _settings()
    return (settings.home, settings.dagster_home) if settings else (Path(), Path())


def _settings() -> Settings | None:
    try:
        return read_settings()
    except (SettingsError, OSError):
        return None


def read_settings_of_a_used_home() -> Settings:
    """The settings of a command that only reads: it must not start an empty local stack. Raises StackError."""
    settings = read_settings()
    if settings.deployment is Deployment.LOCAL:
        stack.require(settings.home)
    return settings


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
