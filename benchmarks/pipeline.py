"""The whole pipeline over many small accounts: what everything but the extraction costs, against the extraction.

The fake API has no rate limit here. The times of the steps are those of Dagster's event log.
"""

from pathlib import Path

from benchmarks.children import Stopwatch, run_contestant
from benchmarks.jobs import run_job
from benchmarks.report import Aim, Report, seconds
from benchmarks.workplace import Workplace

_MAX_RATIO = 1.0
_EXTRACTION = "raw_followers"
#: Kinds of accounts, of which each handle has one: the fake API serves any that is named.
_KINDS = ["", ".app", ".mix", ".full", ".app.full", ".mix.full", ".nocap", ".app.nocap", ".mix.nocap", ".data"]
_PER_MINUTE = 10_000_000


def handles(accounts: int, followers: int) -> list[str]:
    """So many different accounts, of about so many followers each."""
    sizes = -(-accounts // len(_KINDS))
    smallest = max(1, followers - sizes // 2)
    return [f"fake.{size}{kind}" for size in range(smallest, smallest + sizes) for kind in _KINDS][:accounts]


def measure(home: Path, accounts: int, followers: int) -> Report:
    """Run the pipeline once."""
    place = Workplace(home, "PIPELINE", "pipeline", home)
    # The first run of a home creates Dagster's tables and starts the stack.
    run_job(place.environment())
    asked = {
        "TIKTOK_ACCOUNTS": ",".join(handles(accounts, followers)),
        "TIKTOK_REQUESTS_PER_MINUTE": str(_PER_MINUTE),
        "TIKTOK_REQUEST_BUDGET": str(100 * accounts),
    }
    job = run_job({**place.environment(), **asked}, "tiktok_pipeline")
    steps = run_contestant("pipeline:steps", {}, place.environment()).result
    extraction = steps[_EXTRACTION]
    rest = job.seconds - extraction
    times = {"whole job": job.seconds, "everything but extraction": rest, **steps}
    return Report(
        "pipeline",
        {"accounts": accounts, "seconds": {name: round(time, 3) for name, time in times.items()}},
        (f"{accounts:,} accounts x about {followers} followers", "time", "relative to extraction"),
        [(name, seconds(time), f"{time / extraction:.2f}") for name, time in times.items()],
        [Aim("everything but extraction, against extraction", _MAX_RATIO, rest / extraction)],
    )


def steps(watch: Stopwatch) -> dict[str, float]:
    """The seconds of each step of the newest run, in the order in which they began."""
    import dagster as dg

    with watch, dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs(limit=1)
        stats = [step for step in instance.get_run_step_stats(run.run_id) if step.start_time and step.end_time]
        stats.sort(key=lambda step: step.start_time or 0)
        return {step.step_key: (step.end_time or 0) - (step.start_time or 0) for step in stats}
