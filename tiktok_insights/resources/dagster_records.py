"""Where Dagster keeps its records of runs and events. What is done with them belongs elsewhere."""

from pathlib import Path

from tiktok_insights.settings.errors import SettingsError


def postgres_url(dagster_home: Path) -> str | None:
    """The URL of the PostgreSQL database with the records, password included; None if they are files below the home.

    Raises SettingsError if Dagster cannot open it.
    """
    settings = dagster_home / "dagster.yaml"
    if not settings.exists() or "postgres" not in settings.read_text(encoding="utf-8"):
        return None
    import dagster as dg
    from dagster_postgres.utils import DagsterPostgresException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
            url: str | None = getattr(instance.run_storage, "postgres_url", None)
            return url
    except (dg.DagsterInvalidConfigError, DagsterPostgresException, SQLAlchemyError) as error:
        msg = (
            f"The records of Dagster's runs cannot be opened as {settings} says: a variable is not set, or the "
            "database does not answer. Run the command where Dagster runs, or set DAGSTER_HOME to another folder."
        )
        raise SettingsError(msg) from error
