"""What a job run has cost, about: Glue bills DPU-seconds, and at least one minute. Other services are not in it."""

from tiktok_insights.staging.glue.job_runs import JobRun

#: US dollars in most regions (aws.amazon.com/glue/pricing, read in November 2026). Flex costs less.
USD_PER_DPU_HOUR = 0.44
_LEAST_SECONDS = 60
#: DPUs of a worker (docs.aws.amazon.com/glue/latest/dg/worker-types.html). Those for memory have a price of their own.
DPUS = {"G.025X": 0.25, "G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8, "G.12X": 12, "G.16X": 16}


def dpu_seconds(run: JobRun) -> float | None:
    """DPU-seconds that a run has used: Glue's own count, or time and workers; None for workers of an unknown size."""
    if run.dpu_seconds is not None:
        return run.dpu_seconds
    dpus = DPUS.get(run.worker_type)
    return None if dpus is None else run.seconds * dpus * run.workers


def estimated_usd(run: JobRun) -> float | None:
    """US dollars that a run costs, with the least time that is billed."""
    used, dpus = dpu_seconds(run), DPUS.get(run.worker_type)
    if used is None or dpus is None:
        return None
    billed = used * max(1.0, _LEAST_SECONDS / run.seconds) if run.seconds else _LEAST_SECONDS * dpus * run.workers
    return billed * USD_PER_DPU_HOUR / 3600
