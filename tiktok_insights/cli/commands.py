"""How the commands fail: in words."""

from typing import Any

import click

from tiktok_insights.local.folder import StackError
from tiktok_insights.resources.deployments import SettingsError


class Commands(click.Group):
    """A group whose commands say what a person can mend, and leave tracebacks to bugs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what is wrong with the settings or the stack is an error message."""
        try:
            return super().invoke(ctx)
        except (SettingsError, StackError) as error:
            raise click.ClickException(str(error)) from error
