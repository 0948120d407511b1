"""The local stack is killed in the middle of a load, which ends soon; a plain run starts the stack and goes on."""

import logging
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from snowflake.connector.errors import OperationalError

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local import stack
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.local.conftest import kill_9
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Tables, Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.thousand_objects import put_all
from tiktok_insights_tests.support.troubleshooting import told

_LOG = logging.getLogger(__name__)
_BODY = csv_file(row("1"), row("2"), row("2", uniqueId="b"), row("no id"))
_KEY = "csv/followers/account=42/dt=2026-01-31/followers.csv"
#: The clients try again a few times, and the stack may have to start meanwhile.
_LOAD_SECONDS = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the module's own: a stack that others use is not killed."""
    path = tmp_path_factory.mktemp("home")
    yield path
    stack.stop(path)


class Assets:
    """What the assets do from the catalog on, with their own resources, which find the stack, or start it."""

    def __init__(self, settings: Settings) -> None:
        self.s3 = S3Resource.of(settings.s3)
        self.glue = GlueResource.of(settings.glue)
        self.warehouse = SnowflakeResource.of(settings.snowflake)

    def load(self) -> None:
        """Materialize them."""
        self.glue.catalog().register(self.s3.csvs().listing().partitions)
        with self.warehouse.session() as session:
            staging = Staging(self.s3.store(), session, 1.0, _LOG)
            staging.stage(self.s3.csvs().listing())
        publish_passed(self.warehouse.session, _LOG)

    def tables(self) -> Tables:
        """The tables as the oracle gives them."""
        with self.warehouse.session() as session:
            return Loader(self.s3.store(), session, lambda: nullcontext(session)).tables()


class StackKiller(Requests):
    """Kills the stack at a request, chosen by the beginning of its name and how many there are of it by then."""

    def __init__(self, home: Path, name: str, number: int, moment: Moment) -> None:
        super().__init__(FailPoint(number, moment, Manner.SIGKILL))
        self._home = home
        self._name = name

    def is_at(self, point: FailPoint) -> bool:
        """Whether it is the request."""
        so_far = [name for name in self.names if name.startswith(self._name)]
        return self.names[-1].startswith(self._name) and len(so_far) == point.number

    def end(self, _: FailPoint) -> None:
        """Kill the stack; the load goes on, as far as it comes."""
        kill_9(self._home, stack.ensure_running(self._home))


@pytest.mark.faults
@pytest.mark.parametrize(
    ("name", "number", "moment", "ends"),
    [
        pytest.param("S3 GET csv/", 1, Moment.BEFORE, (EndpointConnectionError,), id="before an object is read"),
        pytest.param("COPY INTO", 1, Moment.ANSWER_LOST, (OperationalError,), id="while rows are copied"),
        # The next session starts the stack.
        pytest.param("log out", 1, Moment.AFTER, (None,), id="between staging and publishing"),
        pytest.param("INSERT INTO TIKTOK_DATA", 1, Moment.AFTER, (OperationalError,), id="in the publication"),
        pytest.param("COMMIT", 2, Moment.BEFORE, (OperationalError,), id="before the publication's commit"),
        # Whether it came to pass is asked of a stack that is started for that.
        pytest.param("COMMIT", 2, Moment.ANSWER_LOST, (OperationalError, None), id="at the publication's commit"),
    ],
)
def test_a_run_after_the_stack_was_killed_starts_it_and_comes_to_the_undisturbed_state(
    settings: Settings,
    store: ObjectStore,
    home: Path,
    name: str,
    number: int,
    moment: Moment,
    ends: tuple[type[Exception] | None, ...],
) -> None:
    """The load ends within a minute, with the client's error or well; then the oracle's tables, and again."""
    store.put(_KEY, _BODY, "text/csv")
    (info,) = store.list(_KEY)
    expected = history.tables([Upload(_KEY, _BODY, info.last_modified.replace(tzinfo=None))])
    load_while_killing(settings, StackKiller(home, name, number, moment), ends)
    for _ in range(2):
        # A run has resources of its own, which open bucket and catalog once.
        assets = Assets(settings)
        assets.load()
        assert assets.tables() == expected


@pytest.mark.full
def test_runs_after_the_stack_was_killed_complete_a_large_batch(
    settings: Settings, store: ObjectStore, home: Path
) -> None:
    """Among 1,000 mixed objects: halfway through the downloads, as rows are copied, in the publication, at its end."""
    expected = history.tables(put_all(store))
    for name, number, moment, ends in (
        ("S3 GET csv/", 500, Moment.BEFORE, (EndpointConnectionError,)),
        ("COPY INTO", 2, Moment.ANSWER_LOST, (OperationalError,)),
        ("INSERT INTO TIKTOK_DATA", 1, Moment.AFTER, (OperationalError,)),
        ("COMMIT", 1, Moment.ANSWER_LOST, (OperationalError, None)),
    ):
        load_while_killing(settings, StackKiller(home, name, number, moment), ends)
    for _ in range(2):
        assets = Assets(settings)
        assets.load()
        assert history.lines(assets.tables()) == history.lines(expected)


def load_while_killing(settings: Settings, killer: StackKiller, ends: tuple[type[Exception] | None, ...]) -> None:
    """Load; the stack is killed meanwhile, and the load ends soon, well or with the client's error and the remedy."""
    assets = Assets(settings)
    start = time.monotonic()
    with killer.watched():
        error = _error_of(assets)
    assert killer.reached
    assert (type(error) if error else None) in ends, error
    if isinstance(error, EndpointConnectionError):
        told("Could not connect to the endpoint URL").says(str(error))
    if isinstance(error, OperationalError):
        # What the stack had sent of an answer may have arrived.
        broke_off = "cut off" in str(error)
        told("<number>: The response" if broke_off else "<number>: The local stack's Snowflake").says(str(error))
    assert time.monotonic() - start < _LOAD_SECONDS


def _error_of(assets: Assets) -> Exception | None:
    try:
        assets.load()
    except Exception as error:  # noqa: BLE001  # the test says which it may be
        return error
    return None
