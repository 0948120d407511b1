"""Stage lake: one CSV for each committed snapshot."""

from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.column_schemas import csv_columns
from tiktok_insights.defs.presentation import OWNERS, table_if_any
from tiktok_insights.defs.versions import CONTRACT, data_version
from tiktok_insights.lake.followers_csv import CsvResult, no_snapshot_is_blocked, write_missing_csvs
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.lake.replay import Replay, Replayed, ReplayVerdict
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.schema import MAX_REJECTED_SHARE

_SHOWN_CHANGES = 100


class FollowersCsvConfig(dg.Config):
    """What a person may change in the Launchpad."""

    max_rejected_share: float = Field(
        default=MAX_REJECTED_SHARE,
        ge=0,
        le=1,
        description="A snapshot is blocked if its share of rows with an unknown structure is larger than this: no CSV "
        "is written, and the raw pages are kept.",
    )
    replay: bool = Field(
        default=False,
        description="Recreate the CSVs of all committed snapshots from the raw pages with the current code, and "
        "overwrite those that differ. Makes no API requests.",
    )
    replay_accounts: list[str] = Field(
        default=[],
        description="With replay: only these accounts, by ID, handle or secUid. If empty, all accounts with raw pages.",
    )


@dg.asset(
    group_name="lake",
    deps=["raw_followers"],
    kinds={"python", "s3", "csv"},
    owners=OWNERS,
    metadata={"dagster/column_schema": csv_columns()},
    code_version=CONTRACT,
    check_specs=check_specs("followers_csv", [no_snapshot_is_blocked]),
)
def followers_csv(
    context: dg.AssetExecutionContext, config: FollowersCsvConfig, s3: S3Resource
) -> dg.MaterializeResult:
    """One CSV per committed snapshot: one row per follower and page, as text, with the contract's columns.

    Writes a CSV from the raw pages for each snapshot that has none. With `replay`, also overwrites each CSV that the
    current code would write differently. Rows with an unknown structure go to the quarantine. A snapshot that is older
    than the days in TIKTOK_RETENTION_DAYS gets none.
    """
    raw = s3.raw_store()
    csvs, retained_from = s3.csvs(), s3.retained_from()
    store = raw.store
    replayed, results = [], []
    if config.replay:
        replay = Replay(raw, csvs, config.max_rejected_share, write=True, keep=0, retained_from=retained_from)
        for item in replay.run(config.replay_accounts):
            context.log.info("%s: %s", store.uri(item.csv.key), item.verdict.value)
            replayed.append(item)
    else:
        for result in write_missing_csvs(raw, csvs, config.max_rejected_share, retained_from):
            results.append(result)
            context.log.info("%s: %s", store.uri(result.key), result.blocked or f"{result.rows:,} rows")
    results += [item.csv for item in replayed]
    return dg.MaterializeResult(
        metadata={
            **table_if_any("files", _HEADER, [_row(result) for result in results]),
            "rows_written": sum(result.rows for result in results),
            "objects": len(csvs.listing().objects),
            "dagster/uri": store.uri(CSV_PREFIX),
            **(_replay_metadata(replayed) if config.replay else {}),
        },
        check_results=[check_result(no_snapshot_is_blocked(results))],
        data_version=data_version(csvs.listing().fingerprint),
    )


_HEADER = ("account", "object", "rows", "rejected", "line breaks replaced", "NULs removed", "surrogates replaced")
_REPLAY_HEADER = ("object", "verdict", "rows changed", "rows added", "rows removed")
_CHANGE_HEADER = ("object", "column", "texts changed")


def _row(result: CsvResult) -> tuple[object, ...]:
    fixes = result.repairs
    return result.handle, result.key, result.rows, result.rejected, fixes.line_breaks, fixes.nuls, fixes.lone_surrogates


def _replay_metadata(replayed: Sequence[Replayed]) -> dict[str, dg.TableMetadataValue | int]:
    """What differs, in numbers: `tiktok-insights replay --dry-run` shows whose rows, and stores them nowhere."""
    objects = [
        (item.csv.key, item.verdict.value, item.diff.rows_changed, item.diff.rows_added, item.diff.rows_removed)
        for item in replayed
        if item.verdict is not ReplayVerdict.UNCHANGED
    ]
    changes = [(item.csv.key, column, texts) for item in replayed for column, texts in item.diff.columns.items()]
    return {
        **table_if_any("replayed", _REPLAY_HEADER, objects[:_SHOWN_CHANGES]),
        **table_if_any("changes", _CHANGE_HEADER, changes[:_SHOWN_CHANGES]),
        "files_replayed": len(replayed),
        "files_written": sum(item.verdict.differs for item in replayed),
        "rows_changed": sum(item.diff.rows_changed for item in replayed),
        "rows_added": sum(item.diff.rows_added for item in replayed),
        "rows_removed": sum(item.diff.rows_removed for item in replayed),
    }
