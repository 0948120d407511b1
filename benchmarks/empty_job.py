"""A job that does nothing, with as many assets, checks and resources as `load_pending_objects` and the same libraries.

Dagster's command loads this module as it loads `tiktok_insights.definitions`.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

#: Checks inside each asset, and the separate ones on it; the job takes three of them and the marts.
_CHECKS = {
    "raw": (1, 0),
    "lake": (1, 0),
    "catalog": (0, 2),
    "staging": (8, 0),
    "warehouse": (0, 9),
    "verification": (7, 0),
}
_IN_THE_JOB = ("catalog", "staging", "warehouse", "insights")
#: Made in one step, each with a check. After them comes the report.
_MARTS = tuple(f"mart_{number}" for number in range(31))
_RESOURCES = (
    "tiktok",
    "s3",
    "glue",
    "glue_job",
    "snowflake",
    "dashboard",
    "alerts",
    "cloudwatch",
    "power_bi",
    "progress",
)


class Nothing(dg.ConfigurableResource):
    """Stands for a resource."""

    name: str = "nothing"


def _asset(name: str, upstream: Sequence[str], checks: int, group: str | None = None) -> dg.AssetsDefinition:
    specs = [dg.AssetCheckSpec(f"{name}_{number}", asset=name, blocking=True) for number in range(checks)]

    @dg.asset(
        name=name,
        group_name=group or name,
        deps=upstream,
        check_specs=specs,
        required_resource_keys=set(_RESOURCES),
    )
    def empty() -> dg.MaterializeResult:
        _load_libraries()
        return dg.MaterializeResult(
            check_results=[dg.AssetCheckResult(passed=True, check_name=spec.name) for spec in specs]
        )

    return empty


def _separate_checks(name: str, checks: int) -> dg.AssetChecksDefinition:
    specs = [dg.AssetCheckSpec(f"{name}_{number}", asset=name, blocking=True) for number in range(checks)]

    @dg.multi_asset_check(name=f"{name}_checks", specs=specs, can_subset=True, required_resource_keys=set(_RESOURCES))
    def empty(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        for key in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(passed=True, check_name=key.name, asset_key=key.asset_key)

    return empty


def _marts() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="marts",
        outs={name: dg.AssetOut(group_name="insights", io_manager_key="frames", is_required=False) for name in _MARTS},
        check_specs=[dg.AssetCheckSpec(f"{name}_reconciles", asset=name, blocking=True) for name in _MARTS],
        deps=["warehouse"],
        can_subset=True,
        required_resource_keys=set(_RESOURCES),
    )
    def empty() -> Iterator[dg.MaterializeResult]:
        for name in _MARTS:
            yield dg.MaterializeResult(
                asset_key=name,
                value=None,
                check_results=[dg.AssetCheckResult(passed=True, check_name=f"{name}_reconciles", asset_key=name)],
            )

    return empty


def _load_libraries() -> None:
    """What a run of ours loads, and when: inside the run."""
    import boto3  # noqa: F401
    import dagster_pandas  # noqa: F401
    import duckdb  # noqa: F401
    import snowflake.connector  # noqa: F401


@dg.definitions
def defs() -> dg.Definitions:
    """The assets, of which the job takes three, in one process as ours."""
    upstream = dict(zip(_CHECKS, [[], *([name] for name in _CHECKS)], strict=False))
    # Nothing runs for these two without credentials.
    external = [dg.AssetSpec("model", deps=_MARTS, group_name="insights"), dg.AssetSpec("shown", deps=["model"])]
    stages = [_asset(name, upstream[name], inside) for name, (inside, _) in _CHECKS.items()]
    last = [_asset("report", _MARTS, 1, "insights"), _asset("page", _MARTS, 0, "insights")]
    return dg.Definitions(
        assets=[*stages, _marts(), *last, *external],
        asset_checks=[_separate_checks(name, separate) for name, (_, separate) in _CHECKS.items() if separate],
        jobs=[dg.define_asset_job("empty_job", dg.AssetSelection.groups(*_IN_THE_JOB))],
        resources={**dict.fromkeys(_RESOURCES, Nothing()), "frames": dg.mem_io_manager},
        executor=dg.in_process_executor,
    )
