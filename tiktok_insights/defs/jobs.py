"""The jobs: the whole pipeline, its second half, and the replay from raw pages."""

import dagster as dg

everything = dg.AssetSelection.groups("raw", "lake", "catalog", "staging", "warehouse")
from_the_lake_on = dg.AssetSelection.groups("lake", "catalog", "staging", "warehouse")
from_the_catalog_on = dg.AssetSelection.groups("catalog", "staging", "warehouse")

tiktok_pipeline = dg.define_asset_job(
    "tiktok_pipeline",
    everything,
    description="Everything: extract the accounts' followers, write CSVs, catalog, stage, audit, publish, check.",
)
load_pending_objects = dg.define_asset_job(
    "load_pending_objects",
    from_the_catalog_on,
    description="From the catalog on: load the CSV objects that the ledger lacks, whoever put them there. No request.",
)
replay_snapshots = dg.define_asset_job(
    "replay_snapshots",
    from_the_lake_on,
    config={"ops": {"followers_csv": {"config": {"replay": True}}}},
    description="From the lake on: make the CSVs of all committed snapshots anew from the raw pages with today's code, "
    "and load those that changed. No request.",
)
