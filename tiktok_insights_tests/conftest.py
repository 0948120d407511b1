"""Fixtures: the real local stack, once a worker; a bucket, a Glue database and a warehouse of its own for each test."""

import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import boto3
import pytest
import snowflake.connector

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session, session_on
from tiktok_insights.local import stack
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.connections import Connections, connect
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import fake_api
from tiktok_insights_tests.support.warm_start import warm_command

pytest_plugins = ["tiktok_insights_tests.support.campaigns"]

#: What a developer's shell or .env may have set must not reach a test.
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_OURS = ("TIKTOK_", "RAPIDAPI_", "SNOWFLAKE_", "AWS_", "AZURE_POWERBI_", "GLUE_", "DAGSTER_", "ALERT_")


#: Few tests, but long ones.
_LONG_MODULES = (
    "test_demo",
    "test_orchestrator",
    "test_fail_points",
    "test_fail_points_of_large_batches",
    "test_documented_commands",
    "test_documented_guides",
    "test_a_thousand_objects",
    "test_job_runs",
    "test_dashboard_asset",
    "test_unchanged_marts",
    "test_view_browser",
    "test_spark_engine",
    "test_least_privilege",
    "test_who_left",
    "test_told_pipeline",
    "test_reading_more_facts",
    "test_uploaded_again",
    "test_order",
    "test_end_to_end",
    "test_recover",
    "test_incremental",
    "test_reboot",
    "test_sensors",
    "test_orphaned_runs",
    "test_listing_once",
    "test_secrets",
    "test_stack_killed",
    "test_presence",
    "test_creation",
    "test_faults",
    "test_concurrent_loads",
    "test_third_party_csvs",
    "test_launch_faults",
    "test_people_in_logs",
    "test_forget_command",
    "test_job",
    "test_groups",
    "test_run",
    "test_turns",
    "test_power_bi_refresh",
    "test_marts",
    "test_publish",
    "test_table_checks",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option of the tests of fail points."""
    parser.getgroup("tiktok-insights").addoption(
        "--fail-point", metavar="NAME", help="Let loads fail there alone, such as at 17-after-sigkill."
    )


def pytest_configure() -> None:
    """Let retries be logged as they are behind the package's own entry points, and forget the developer's settings.

    The tests' own clients would ask a proxy for 127.0.0.1, and look for a profile that is not there.
    """
    for name in [name for name in os.environ if name.startswith(_OURS) or name.lower() in _PROXIES]:
        del os.environ[name]
    remove_retry_hooks()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules, so that none of them runs alone at the end while the other worker has nothing."""
    places = {name: place for place, name in enumerate(_LONG_MODULES)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def warm_cli() -> Iterator[Path]:
    """The command `tiktok-insights`, which begins with its imports done."""
    with warm_command() as path:
        yield path


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose local stack is stopped at the end."""
    path = tmp_path_factory.mktemp("home")
    yield path
    stack.stop(path)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """A fake API of the test's own."""
    with fake_api(tmp_path) as served:
        yield served


def set_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set an environment with the stack of this home, names of its own, nothing of the developer's; give our names."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    unique = uuid.uuid4().hex[:12]
    ours = {
        "TIKTOK_INSIGHTS_HOME": str(home),
        "TIKTOK_INSIGHTS_BUCKET": f"bucket-{unique}",
        "GLUE_DATABASE": f"glue_{unique}",
        "SNOWFLAKE_DATABASE": f"DB_{unique.upper()}",
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    # A process that a test starts must not find the developer's .env, with keys in it, where pytest was started.
    home.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(home)
    monkeypatch.setenv("PWD", str(home))
    return ours


@pytest.fixture
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a test."""
    return set_environment(home, monkeypatch)


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """The settings that the test's environment gives."""
    return read_settings()


@pytest.fixture
def connections(settings: Settings) -> Connections:
    """How to reach the worker's stack."""
    return connect(settings)


@pytest.fixture
def store(settings: Settings, connections: Connections) -> ObjectStore:
    """The test's own bucket."""
    bucket = ObjectStore(boto3.client("s3", **connections.aws), settings.s3.bucket)
    bucket.ensure_bucket()
    return bucket


@pytest.fixture
def raw(store: ObjectStore) -> RawStore:
    """The raw stage's objects in the test's bucket."""
    return RawStore(store)


@pytest.fixture
def catalog(settings: Settings, connections: Connections) -> Catalog:
    """The test's own Glue database; nothing is made yet."""
    return Catalog(boto3.client("glue", **connections.aws), settings.glue.database, settings.s3.bucket)


@pytest.fixture
def namespace(settings: Settings) -> Namespace:
    """Where the test's own tables are."""
    return settings.snowflake.namespace


@pytest.fixture
def connect_database(connections: Connections) -> Connect:
    """Opens sessions in the test's own database, in which nothing is made yet."""

    def open_session() -> AbstractContextManager[Session]:
        return session_on(snowflake.connector.connect(**connections.snowflake), connections.namespace)

    return open_session


@pytest.fixture
def connect_warehouse(connect_database: Connect) -> Connect:
    """Opens sessions in the test's own database, with all tables made."""
    with connect_database() as session:
        ensure_tables(session)
    return connect_database


@pytest.fixture
def session(connect_warehouse: Connect) -> Iterator[Session]:
    """One session in the test's own database."""
    with connect_warehouse() as opened:
        yield opened
