"""With engines kept, Dagster stores what it stores without, by a fraction of the engines."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import Connection, Engine, event

from tiktok_insights.cli.event_engines import keep_event_engines

pytestmark = pytest.mark.commands


@dg.asset(check_specs=[dg.AssetCheckSpec("has_rows", asset="rows")])
def rows() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes none
    """An asset with a check."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@dg.asset(deps=[rows])
def broken() -> None:
    """An asset that fails."""
    msg = "as intended"
    raise ValueError(msg)


@contextmanager
def engines_counted() -> Iterator[Counter[str]]:
    """Count the engines that connect, by the name of their database's file."""
    seen: dict[int, Engine] = {}
    counted: Counter[str] = Counter()

    def count(connection: Connection) -> None:
        # An engine that is kept here has a number that no other one gets.
        if id(connection.engine) not in seen:
            seen[id(connection.engine)] = connection.engine
            counted[Path(connection.engine.url.database or "").name] += 1

    event.listen(Engine, "engine_connect", count)
    try:
        yield counted
    finally:
        event.remove(Engine, "engine_connect", count)


def run(home: Path, *, kept: bool) -> tuple[str, list[tuple[str, str | None]], Counter[str]]:
    """Run the assets there: the run, its events as another process would read them, and the engines by file."""
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        if kept:
            keep_event_engines(instance)
        with engines_counted() as engines:
            result = dg.materialize([rows, broken], instance=instance, raise_on_error=False)
    with dg.DagsterInstance.local_temp(str(home)) as other:
        entries = other.all_logs(result.run_id)
        assert other.get_latest_materialization_event(dg.AssetKey("rows")) is not None
    told = [(entry.dagster_event_type.value, entry.step_key) for entry in entries if entry.dagster_event_type]
    return result.run_id, told, engines


def test_the_events_are_the_same_and_a_runs_file_has_one_engine(tmp_path: Path) -> None:
    """Without, every event has a new one."""
    _, expected, usual = run(tmp_path / "usual", kept=False)
    run_id, told, engines = run(tmp_path / "kept", kept=True)
    assert told == expected
    assert {"ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "STEP_FAILURE", "PIPELINE_FAILURE"} <= {
        kind for kind, _ in told
    }
    assert engines[f"{run_id}.db"] == 1
    assert engines["index.db"] < usual["index.db"] / 4


def test_a_storage_without_files_is_left_as_it_is() -> None:
    """In memory here, in PostgreSQL on a server: both keep their engine."""
    with dg.DagsterInstance.ephemeral() as instance:
        before = instance.event_log_storage.run_connection  # type: ignore[attr-defined]
        keep_event_engines(instance)
        assert instance.event_log_storage.run_connection == before  # type: ignore[attr-defined]
