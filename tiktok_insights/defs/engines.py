"""Which engine a run stages with, as the Launchpad asks for it, and what the run tells of it in its metadata."""

from collections.abc import Mapping
from typing import Literal

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.presentation import table_if_any
from tiktok_insights.resources.glue_job import EngineName, EngineRequest
from tiktok_insights.staging.engine import ChosenEngine, Engine
from tiktok_insights.staging.glue.cost import dpu_seconds, estimated_usd
from tiktok_insights.staging.glue.engine import FinishedRun, GlueEngine
from tiktok_insights.staging.glue.job_runs import RunSize

_STAGE_COLUMNS = ("job run", "stage", "what", "tasks", "seconds")


class EngineConfig(dg.Config):
    """What a person may change in the Launchpad about the engine."""

    engine: EngineName = Field(
        default="auto",
        description="`local` stages where Dagster runs, `glue` with the Glue job. `auto` takes the job if there is one "
        "and much is pending. The result is the same.",
    )
    glue_above_gb: float | None = Field(
        default=None, ge=0, description="`auto` takes the job if more gigabytes are pending. If null: GLUE_ABOVE_GB."
    )
    glue_worker_type: Literal["", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X"] = Field(
        default="", description="The workers of a job run. If empty, those of the job."
    )
    glue_workers: int = Field(default=0, ge=0, description="The number of workers. If 0, that of the job.")
    glue_timeout_minutes: int = Field(
        default=0, ge=0, le=10_080, description="The longest that a job run may take. If 0, the timeout of the job."
    )
    glue_auto_scaling: bool | None = Field(
        default=None,
        description="Whether Glue adds and removes workers while a job run works, up to their number. If null, as the "
        "job has it.",
    )

    def engine_request(self) -> EngineRequest:
        """What the run asks for."""
        size = RunSize(self.glue_worker_type, self.glue_workers, self.glue_timeout_minutes, self.glue_auto_scaling)
        return EngineRequest(self.engine, self.glue_above_gb, size)


def engine_entries(engine: Engine) -> Mapping[str, dg.MetadataValue]:
    """The metadata that tell of the engine and its job runs; none where nothing was staged."""
    used = engine.chosen if isinstance(engine, ChosenEngine) else engine
    if not isinstance(used, GlueEngine):
        return {"engine": dg.MetadataValue.text("local")} if used else {}
    stages = [
        (done.run_id, stage.number, stage.name, stage.tasks, round(stage.seconds, 1))
        for done in used.runs
        for stage in done.stages
    ]
    return {
        "engine": dg.MetadataValue.text("glue"),
        **_run_entries(used),
        **_cost_entries(used.runs),
        **table_if_any("spark_stages", _STAGE_COLUMNS, stages),
    }


def _run_entries(engine: GlueEngine) -> dict[str, dg.MetadataValue]:
    entries: dict[str, dg.MetadataValue] = {}
    for number, done in enumerate(engine.runs, 1):
        name = "glue_job_run" if len(engine.runs) == 1 else f"glue_job_run_{number}"
        entries[name] = dg.MetadataValue.text(done.run_id)
        if url := engine.console_url(done.run_id):
            entries[f"{name}_console"] = dg.MetadataValue.url(url)
    return entries


def _cost_entries(runs: list[FinishedRun]) -> dict[str, dg.MetadataValue]:
    known = [done.run for done in runs if done.run]
    used = [seconds for run in known if (seconds := dpu_seconds(run)) is not None]
    costs = [cost for run in known if (cost := estimated_usd(run)) is not None]
    return {
        **({"dpu_seconds": dg.MetadataValue.float(float(sum(used)))} if used else {}),
        **({"estimated_cost_usd": dg.MetadataValue.float(round(sum(costs), 4))} if costs else {}),
    }
