"""`tiktok-insights init`: makes Dagster's home, and tells Dagster's own commands where it is."""

import click

from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import load_env_file, read_settings


@click.command()
def init() -> None:
    """Create Dagster's home.

    Writes its path to .env, so that `dagster job execute` and the UI see the same runs. Safe to run again: `make` runs
    it after every installation. Starts nothing.
    """
    settings = read_settings()
    dagster_home.prepare(settings.dagster_home)
    dagster_home.point_env_file(load_env_file(), settings.dagster_home)
