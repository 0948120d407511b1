"""What Dagster's event log tells of a run's costs, and which runs are recorded.

What becomes of it in the warehouse is tested in observability/test_run_costs.py, and a whole job in test_job_runs.py.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.defs.engines import engine_entries
from tiktok_insights.defs.run_costs import runs_to_record
from tiktok_insights.observability.run_costs import RunUse
from tiktok_insights.staging.glue.engine import FinishedRun, GlueEngine
from tiktok_insights.staging.glue.job_runs import JobRun

_SPARK = JobRun("jr_1", "SUCCEEDED", seconds=3600, worker_type="G.1X", workers=2)


class _Glue(GlueEngine):
    """A Glue engine whose job runs are over."""

    def __init__(self, *runs: JobRun | None) -> None:
        self.runs = [FinishedRun("b", f"jr_{number}", run, ()) for number, run in enumerate(runs, 1)]

    def console_url(self, run_id: str) -> str:
        """The page of a job run."""
        return f"https://console/{run_id}"


class Runs:
    """Runs of small jobs in one Dagster instance."""

    def __init__(self) -> None:
        self.instance = dg.DagsterInstance.ephemeral()

    def run(self, **assets: Mapping[str, Any] | None) -> str:
        """Make assets with these metadata; None is one that fails."""

        def asset(name: str, metadata: Mapping[str, Any] | None) -> dg.AssetsDefinition:
            @dg.asset(name=name)
            def made() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes none
                if metadata is None:
                    raise LookupError
                return dg.MaterializeResult(metadata=metadata)

            return made

        made = [asset(name, metadata) for name, metadata in assets.items()]
        return dg.materialize(made, instance=self.instance, raise_on_error=False).run_id

    def recorded(self, run_id: str) -> dict[str, RunUse]:
        """What a run that is at its end records."""
        return {run.run_id: run for run in runs_to_record(self.instance, run_id, "load_report")}


@pytest.mark.parametrize(
    ("assets", "expected"),
    [
        ({"dashboard": {}}, (0, 0.0, 0.0, ())),
        ({"raw_followers": {"requests": 14}}, (14, 0.0, 0.0, ())),
        ({"raw_followers": None}, (None, 0.0, 0.0, ())),
        ({"staged_tiktok_data": {"engine": "local"}}, (0, 0.0, 0.0, ())),
        ({"staged_tiktok_data": {"rows": 0}}, (0, 0.0, 0.0, ())),
        ({"staged_tiktok_data": None}, (0, None, None, ())),
        ({"staged_tiktok_data": engine_entries(_Glue(_SPARK))}, (0, 7200.0, 0.88, ("jr_1",))),
        ({"staged_tiktok_data": engine_entries(_Glue(_SPARK, _SPARK))}, (0, 14400.0, 1.76, ("jr_1", "jr_2"))),
        ({"staged_tiktok_data": engine_entries(_Glue(None))}, (0, None, None, ("jr_1",))),
    ],
)
def test_what_a_run_used_is_what_its_events_tell(assets: dict[str, Any], expected: tuple[object, ...]) -> None:
    """A step that is not in the run used nothing; one that failed, or that Glue does not know, is unknown."""
    runs = Runs()
    run_id = runs.run(**assets)
    use = asdict(runs.recorded(run_id)[run_id])
    assert tuple(use[name] for name in ("api_requests", "dpu_seconds", "glue_usd", "glue_job_runs")) == expected


def test_a_run_is_recorded_until_a_later_one_has_completed_it() -> None:
    """Failed runs wait for one that records; it records itself and what has ended since the last such run began."""
    runs = Runs()
    failed = [runs.run(raw_followers=None) for _ in range(2)]
    first = runs.run(load_report={})
    assert runs.recorded(runs.run(dashboard={})).keys() >= {first}, "it was recorded before it had ended"
    lost = runs.run(load_report=None)
    assert runs.recorded(runs.run(dashboard={})).keys() >= {first, lost}
    second = runs.run(load_report={})
    found = runs.recorded(runs.run(dashboard={}))
    assert {*failed, first, lost} & found.keys() == set()
    assert second in found
    assert found[second].status == "success"
    assert found[second].ended_at is not None
