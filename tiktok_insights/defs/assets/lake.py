"""Stage lake: one CSV for each committed snapshot."""

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.presentation import OWNERS, check_result, csv_columns, sentence, table
from tiktok_insights.lake.followers_csv import PREFIX, CsvResult, missing_csvs, no_snapshot_is_blocked, write_csv
from tiktok_insights.resources.aws import S3LakeResource
from tiktok_insights.staging.audit import MAX_REJECTED_SHARE

NOT_BLOCKED = "no_snapshot_is_blocked"


class FollowersCsvConfig(dg.Config):
    """What a person may change in the Launchpad."""

    max_rejected_share: float = Field(
        default=MAX_REJECTED_SHARE,
        ge=0,
        le=1,
        description="A snapshot with a larger share of rows of an unknown shape is blocked: no CSV, raw pages kept.",
    )


@dg.asset(
    group_name="lake",
    deps=["raw_followers"],
    kinds={"python", "s3", "csv"},
    owners=OWNERS,
    metadata={"dagster/column_schema": csv_columns()},
    check_specs=[dg.AssetCheckSpec(NOT_BLOCKED, asset="followers_csv", description=sentence(NOT_BLOCKED))],
)
def followers_csv(
    context: dg.AssetExecutionContext, config: FollowersCsvConfig, s3: S3LakeResource
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """One CSV per committed snapshot; one row per follower and page, as text, in the contract's columns.

    Written from the raw pages for each snapshot that has none yet; rows of an unknown shape go to the quarantine.
    """
    store, raw = s3.store(), s3.raw_store()
    results = []
    for manifest in missing_csvs(raw, store):
        results.append(write_csv(raw, store, manifest, config.max_rejected_share))
        context.log.info("%s: %d rows", store.uri(results[-1].key), results[-1].rows)
    return dg.MaterializeResult(
        metadata={
            "files": table(_HEADER, [_row(result) for result in results]),
            "dagster/row_count": sum(result.rows for result in results),
            "dagster/uri": store.uri(PREFIX),
        },
        check_results=[check_result(no_snapshot_is_blocked(results))],
    )


_HEADER = ("account", "object", "rows", "rejected", "line breaks folded", "NUL dropped", "surrogates replaced")


def _row(result: CsvResult) -> tuple[object, ...]:
    repairs = result.repairs
    return (
        result.manifest.handle,
        result.key,
        result.rows,
        result.rejected,
        repairs.line_breaks,
        repairs.nuls,
        repairs.lone_surrogates,
    )
