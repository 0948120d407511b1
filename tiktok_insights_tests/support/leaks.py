"""Where people and secrets may be after runs, each place with its reason, and a search for those that are elsewhere.

Add a place here only when it exists to hold people. Values are made and found by `signs`, files are read by `scanner`.
"""

from collections.abc import Iterator
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.definitions import ALL
from tiktok_insights.tables.readers import READER_KEY
from tiktok_insights_tests.support.scanner import contents
from tiktok_insights_tests.support.signs import Signs

#: Where people may be, by the beginning of a path below the home.
MEANT_FOR_PEOPLE = {
    ".local/stack/aws/s3/": "the bucket: pages, CSVs, quarantine, dashboard. Keys and metadata are searched apart",
    ".local/stack/snowflake/": "the warehouse. Its tables of runs, and the texts of statements, are searched apart",
    ".local/dashboard/": "the dashboard, which names users unless TIKTOK_PSEUDONYMS is set",
    ".local/forget/": "whose removal was cut off: the next one continues it",
    ".local/stack/glue/runs/": "what Glue itself remembers of a run, such as the error of the job's process",
    "exports/": "what people have exported",
}
#: Whose texts the user has given as a name. Messages say which object they are about, and the remedy needs its key.
NAMES_OF_OBJECTS = {"a handle in a key"}
_SECRETS = (
    "RAPIDAPI_", "TIKTOK_PSEUDONYM_", "ALERT_", "AZURE_", "SNOWFLAKE_", "AWS_", "DAGSTER_POSTGRES_", "SUPPRESSION_",
    "READER_",
)  # fmt: skip
#: Where a secret may be: what exists to hold it.
MEANT_FOR_SECRETS = {
    "SUPPRESSION_KEY": ".local/stack/aws/services/secretsmanager/",
    "READER_KEY": ".local/stack/snowflake/",
}


def is_secret(what: str) -> bool:
    """Whether a value is a setting that is secret; else it is a person's."""
    return what.startswith(_SECRETS)


def leaks_in(folder: Path, signs: Signs, meant: dict[str, str] | None = None) -> dict[str, set[str]]:
    """Give each file below the folder that has what it may not have, with what that is."""
    found: dict[str, set[str]] = {}
    for name, content in contents(folder):
        for what in signs.found_in(content) - NAMES_OF_OBJECTS:
            places = MEANT_FOR_SECRETS.get(what.split()[0], ()) if is_secret(what) else tuple(meant or {})
            if not name.startswith(places):
                found.setdefault(name, set()).add(what)
    return found


def without_typed(found: dict[str, set[str]], typed: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out whom someone has typed, where this is meant to be: the command's output, and the config of a job."""
    by_job = dict.fromkeys(("dagster/history/runs.db", "run.json"), typed.get("forget_person", set()))
    left = {name: whats - {**typed, **by_job}.get(name, set()) for name, whats in found.items()}
    return {name: whats for name, whats in left.items() if whats}


def leaks_of_records(settings: Settings, store: ObjectStore, signs: Signs) -> dict[str, set[str]]:
    """The same of the bucket's keys and metadata, and of the tables that say what runs did: only counts and reasons."""
    places = (*_bucket(store), *_tables(settings))
    found = {name: signs.found_in(text.encode("utf-8", "surrogatepass")) - NAMES_OF_OBJECTS for name, text in places}
    return {name: whats for name, whats in found.items() if whats}


def _bucket(store: ObjectStore) -> Iterator[tuple[str, str]]:
    for info in store.list(""):
        yield f"the key {info.key}", info.key
        yield f"the metadata of {info.key}", repr(store.get(info.key).metadata)


def _tables(settings: Settings) -> Iterator[tuple[str, str]]:
    with open_session(settings.snowflake, "test") as session:
        for table in ALL:
            if "TIKTOK_ID" not in table.names and table != READER_KEY:
                for row in session.stream(f"SELECT * FROM {session.namespace.name_of(table)}"):
                    yield f"the table {table.name}", repr(row)
