"""Where a contestant works: the benchmark's local stack, a bucket, a database and a folder of a run's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.tables.creation import ensure_tables


def csv_key(day: str = "2026-01-31", account: int = 42) -> str:
    """The key of another producer's CSV in the folder of an account and a day."""
    return f"{CSV_PREFIX}account={account}/dt={day}/followers.csv"


@dataclass(frozen=True, slots=True)
class Workplace:
    """The stack's home, the database, the bucket, and a folder for a run's own files.

    The database has a Glue catalog of its own. They and the bucket are created when they are first used.
    """

    home: Path
    database: str
    bucket: str
    folder: Path

    @classmethod
    def of(cls, home: str, database: str, bucket: str, folder: str) -> "Workplace":
        """The place that JSON can carry to another process."""
        return cls(Path(home), database, bucket, Path(folder))

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which a command of the project works here."""
        return {
            "TIKTOK_INSIGHTS_DEPLOYMENT": "local",
            "TIKTOK_INSIGHTS_HOME": str(self.home),
            "TIKTOK_INSIGHTS_BUCKET": f"bench-{self.bucket}",
            "GLUE_DATABASE": f"bench_{self.database.lower()}",
            "SNOWFLAKE_DATABASE": self.database,
        }

    @property
    def settings(self) -> Settings:
        """The settings that the variables give."""
        return read_settings(self.variables)

    def environment(self, *, own_dagster: bool = False) -> dict[str, str]:
        """The variables of a process that runs Dagster here, whose home is made: the stack's, or the database's own.

        Dagster remembers which data the marts were last made from, so idle runs of two databases need two homes.
        """
        shared = self.settings.dagster_home
        home = dagster_home.prepare(shared.with_name(f"dagster_{self.database}") if own_dagster else shared)
        return {**self.variables, "DAGSTER_HOME": str(home)}

    def store(self) -> ObjectStore:
        """The bucket."""
        return open_bucket(self.settings.s3)

    def arguments(self) -> dict[str, str]:
        """What `of` takes."""
        return {field: str(getattr(self, field)) for field in ("home", "database", "bucket", "folder")}

    def put_csv(self, csv: Path, key: str) -> None:
        """Put a file into the bucket, with one request."""
        with csv.open("rb") as body:
            self.store().put_once(key, body, "text/csv")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in the database; the tables are not made."""
        with open_session(self.settings.snowflake, "benchmark") as session:
            yield session

    def make_tables(self) -> None:
        """Make the database and its tables, which belongs to nobody's load."""
        with self.session() as session:
            ensure_tables(session)
