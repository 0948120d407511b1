"""Where a contestant works: the benchmark's local stack, a database of its own, one object and its file on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CSV_PREFIX, CsvObject, list_csvs
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.tables.creation import ensure_tables

_KEY = f"{CSV_PREFIX}account=42/dt=2026-01-31/followers.csv"


@dataclass(frozen=True, slots=True)
class Workplace:
    """The stack's home, the database's name, the file, and a folder for a run's own.

    The file has a bucket and a catalog of its own. They and the database are made when they are first used.
    """

    home: Path
    database: str
    csv: Path
    folder: Path

    @classmethod
    def of(cls, home: str, database: str, csv: str, folder: str) -> "Workplace":
        """The place that JSON can carry to another process."""
        return cls(Path(home), database, Path(csv), Path(folder))

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which a command of the project works here."""
        return {
            "TIKTOK_INSIGHTS_DEPLOYMENT": "local",
            "TIKTOK_INSIGHTS_HOME": str(self.home),
            "TIKTOK_INSIGHTS_BUCKET": f"bench-{self.csv.stem}",
            "GLUE_DATABASE": f"bench-{self.csv.stem}",
            "SNOWFLAKE_DATABASE": self.database,
        }

    @property
    def settings(self) -> Settings:
        """The settings that the variables give."""
        return read_settings(self.variables)

    def environment(self) -> dict[str, str]:
        """The variables of a process that runs Dagster here, whose home is made."""
        home = dagster_home.prepare(self.settings.dagster_home)
        return {**self.variables, "DAGSTER_HOME": str(home)}

    def store(self) -> ObjectStore:
        """The bucket."""
        return open_bucket(self.settings.s3)

    def arguments(self) -> dict[str, str]:
        """What `of` takes."""
        return {field: str(getattr(self, field)) for field in ("home", "database", "csv", "folder")}

    def put_csv(self) -> None:
        """Put the file into the bucket, with one request."""
        with self.csv.open("rb") as body:
            self.store().put_once(_KEY, body, "text/csv")

    def object(self) -> CsvObject:
        """The one object in the bucket."""
        (item,) = list_csvs(self.store()).objects
        return item

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in the database; the tables are not made."""
        with open_session(self.settings.snowflake, "benchmark") as session:
            yield session

    def make_tables(self) -> None:
        """Make the database and its tables, which belongs to nobody's load."""
        with self.session() as session:
            ensure_tables(session)
