"""The jobs: the whole pipeline, its second half without and with refused objects, the replay, and the verification."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

#: Dagster ends a run that lasts longer, in seconds, so that none keeps its slot in the pool forever. An extraction
#: may have to run slowly for many hours; a load of millions of rows takes minutes.
_DAY, _SIX_HOURS = ({"dagster/max_runtime": str(hours * 3600)} for hours in (24, 6))

#: Where Dagster's settings allow run retries (the orchestrator's do), a run that was cut off is launched again, once,
#: as a whole: it makes no request again whose response is stored. The sensor does that for loads.
RETRIED = {"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"}

#: Each stage is a group of assets; upstream first.
STAGES = ("raw", "lake", "catalog", "staging", "warehouse", "insights")
#: It reads everything that was ever loaded, so only its own job has it.
_verification = dg.AssetSelection.assets("verification")
everything = dg.AssetSelection.groups(*STAGES) - _verification
from_the_lake_on = dg.AssetSelection.groups(*STAGES[STAGES.index("lake") :]) - _verification
from_the_catalog_on = dg.AssetSelection.groups(*STAGES[STAGES.index("catalog") :]) - _verification

tiktok_pipeline = dg.define_asset_job(
    "tiktok_pipeline",
    everything,
    tags=_DAY | RETRIED,
    description="The whole pipeline: extract the accounts' followers, write CSVs, catalog, stage, audit, publish, "
    "check, and create the marts.",
)
load_pending_objects = dg.define_asset_job(
    "load_pending_objects",
    from_the_catalog_on,
    tags=_SIX_HOURS,
    description="Everything from the catalog onward: load the CSV objects that are not in the ledger, no matter who "
    "uploaded them. Makes no API requests.",
)
retry_refused_objects = dg.define_asset_job(
    "retry_refused_objects",
    from_the_catalog_on,
    config={"ops": {"staged_tiktok_data": {"config": {"retry_refused": True}}}},
    tags=_SIX_HOURS | RETRIED,
    description="Everything from the catalog onward, and all refused objects are tried again. Use this after an "
    "update of this package, or to load the good rows with a higher max_rejected_share. Makes no API requests.",
)
replay_snapshots = dg.define_asset_job(
    "replay_snapshots",
    from_the_lake_on,
    config={"ops": {"followers_csv": {"config": {"replay": True}}}},
    tags=_SIX_HOURS | RETRIED,
    description="Everything from the lake onward: recreate the CSVs of all committed snapshots from the raw pages with "
    "the current code, and load those that changed. Makes no API requests.",
)
verify = dg.define_asset_job(
    "verify",
    _verification,
    tags=_DAY | RETRIED,
    description="Compares everything: reads all loaded objects again, and every row of the ledger, the history and "
    "TIKTOK_DATA. Changes nothing. A verification that was cut off continues where it was.",
)


# Dagster does not export the class of what define_asset_job gives.
def with_logger(job: Any, logger: str) -> Any:
    """Give the job with a logger that its runs have unless their config names others, whoever launches them."""
    config: Mapping[str, Any] = job.config if isinstance(job.config, Mapping) else {}
    return dg.define_asset_job(
        job.name,
        job.selection,
        config={**config, "loggers": {logger: {}}},
        tags=job.tags,
        description=job.description,
    )
