"""Stage warehouse: the verification of everything that was loaded, which only its own job has."""

from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.presentation import OWNERS
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.warehouse.full_checks import FULL_CHECKS
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.scope import everything
from tiktok_insights.warehouse.table_checks import TableCheckInput


class VerificationConfig(dg.Config):
    """What a person may change in the Launchpad."""

    from_start: bool = Field(
        default=False,
        description="Read all objects again, even if an earlier verification was cut off and could continue.",
    )


@dg.asset(
    group_name="warehouse",
    deps=["tiktok_data"],
    kinds={"python"},
    owners=OWNERS,
    code_version="1",
    check_specs=check_specs("verification", [*FULL_CHECKS, no_id_is_lost]),
)
def verification(
    context: dg.AssetExecutionContext,
    config: VerificationConfig,
    s3: S3Resource,
    snowflake: SnowflakeResource,
    progress: dg.ResourceParam[ProgressReporter],
) -> dg.MaterializeResult:
    """A comparison of everything: all loaded objects in the bucket, the ledger, the history and TIKTOK_DATA.

    A run of the pipeline compares only what it published. This reads every loaded object again and every row of the
    tables, so its cost grows with all that was ever loaded. It changes nothing.
    """
    now = datetime.now(UTC)
    with snowflake.session() as session:
        given = TableCheckInput(session, s3.store(), snowflake.step_7, now, scope=everything(session))
        outcomes = [check(given) for check in FULL_CHECKS]
        for outcome in outcomes:
            context.log.info("%s: %s.", outcome.name, "passed" if outcome.passed else "failed")
        outcomes.append(no_id_is_lost(RereadInput(session, s3.store(), now, progress, config.from_start)))
    return dg.MaterializeResult(
        metadata={"objects": given.scope.objects},
        check_results=[check_result(outcome) for outcome in outcomes],
    )
