"""`tiktok-insights init`: makes Dagster's home, and tells Dagster's own commands where it is."""

from pathlib import Path

import click

from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import read_settings


@click.command()
def init() -> None:
    """Create Dagster's home.

    Writes its path to .env, so that `dagster job execute` and the UI see the same runs. If the home is inside the
    working directory, the path is relative, so the folder can be moved. Safe to run again: `make` runs it after every
    installation. Starts nothing.
    """
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    dagster_home.point_env_file(Path.cwd() / ".env", settings.dagster_home)
