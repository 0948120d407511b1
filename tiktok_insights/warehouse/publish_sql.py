"""The statements of a publication, as the files in sql/ and the contract make them. What runs them: `publish.py`."""

import re
from datetime import datetime

from tiktok_insights.lake.listing import END_OF_DAY
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.sql_files import read_sql, without_comments
from tiktok_insights.staging.ledger import SETTLED
from tiktok_insights.staging.transform import newest_first
from tiktok_insights.tables.columns import Table, timestamp
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    ALL,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    STAGED_OBJECTS,
    STAGED_TIKTOK_DATA,
)
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights.tables.load_status import LoadStatus, NewestRow
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.tables.presence import PRESENCE_SPELLS
from tiktok_insights.warehouse.own_csvs import day_of_ours
from tiktok_insights.warehouse.presence import fold_spells

#: The files of one transaction, in their order; the counts are compared before the last.
CHOOSE, PUBLISH, EMPTY = "choose_objects", "publish", "empty_staging"


def publish_steps(namespace: Namespace, now: datetime) -> dict[str, str]:
    """The statements of a publication by the names of their steps, in order; `now` (UTC) goes to the ledger."""
    files = (CHOOSE, PUBLISH, EMPTY)
    return {name: text for file in files for name, text in steps_of(file, namespace, now).items()}


def steps_of(file: str, namespace: Namespace, now: datetime) -> dict[str, str]:
    """The statements of one file by the names of their steps, with the names of columns and tables in them."""
    parts = re.split(r"^-- step: (\w+)$", read_sql(__package__, file), flags=re.MULTILINE)[1:]
    names, texts = parts[::2], parts[1::2]
    return {name: _fill(text, namespace, now) for name, text in zip(names, texts, strict=True)}


def counts_query(file: str, namespace: Namespace, now: datetime) -> str:
    """The query of a file of counts."""
    return _fill(read_sql(__package__, file), namespace, now)


def _from_the_objects(table: Table) -> str:
    """The columns that a table takes over from the batch's objects."""
    return ", ".join(name for name in table.names if name in STAGED_OBJECTS.names)


def _fill(text: str, namespace: Namespace, now: datetime) -> str:
    objects = namespace.name_of(STAGED_OBJECTS)
    staged = namespace.name_of(STAGED_TIKTOK_DATA)
    chosen = f"SELECT OBJECT_KEY FROM {objects} WHERE BATCH_ID = ? AND STATUS = '{LoadStatus.LOADED}'"
    return without_comments(text).format(
        **{table.name.lower(): namespace.name_of(table) for table in ALL if table.is_internal},
        chosen=chosen,
        fold_spells=fold_spells(namespace, chosen, f"SELECT * FROM {staged} WHERE BATCH_ID = ?"),
        spell_columns=", ".join(PRESENCE_SPELLS.names),
        noted=f"SELECT OBJECT_KEY FROM {objects} WHERE BATCH_ID = ? AND STATUS = '{LoadStatus.UNCHANGED}'",
        settled=SETTLED,
        day_of_ours=day_of_ours("o.OBJECT_KEY"),
        columns=", ".join(WAREHOUSE_NAMES),
        history_columns=", ".join(FOLLOWER_SNAPSHOTS.names),
        account_snapshot_columns=_from_the_objects(ACCOUNT_SNAPSHOTS),
        ledger_columns=_from_the_objects(LOAD_HISTORY),
        loaded=LoadStatus.LOADED,
        superseded=LoadStatus.SUPERSEDED,
        expired=LoadStatus.EXPIRED,
        unchanged=LoadStatus.UNCHANGED,
        newest_first=newest_first("FIRST_MODIFIED"),
        **{name.name.lower(): name for name in NewestRow},
        id_sum=id_sum_sql("TIKTOK_ID", SqlEngine.SNOWFLAKE),
        end_of_day=END_OF_DAY,
        now=timestamp(now),
    )
