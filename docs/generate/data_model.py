"""docs/data_model.md, from the contract, the tables and the marts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from docs.generate import markdown
from docs.generate.table_version import TABLE_VERSION
from tiktok_insights.alerts.memory import STATE_KEY
from tiktok_insights.catalog.table_definition import PARTITION_KEYS
from tiktok_insights.catalog.table_definition import TABLE as GLUE_TABLE
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.pseudonyms import Seen, Source
from tiktok_insights.insights.thresholds import THRESHOLDS
from tiktok_insights.lake import followers_csv, listing
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.schema import ACCEPTED_TEXTS, COLUMNS, HEADERS, ColumnKind
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.tables.definitions import ALL, PUBLISH_LOCK, SCHEMA_VERSION, VIEWED
from tiktok_insights.warehouse.verification import PROGRESS_KEY

_NAMES = read_settings({}).snowflake
_VIEWS = " and ".join(f"`{_NAMES.namespace.view_schema}.{table.name}`" for table in VIEWED)
#: Of nobody: an account id and a moment for the examples.
_SNAPSHOT = SnapshotKey.begun_at("1234567890123456789", datetime(2026, 1, 31, 5, 0, 0, 123_000, tzinfo=UTC))
_ETAG = "<ETag>"


def data_model() -> str:
    """The whole document."""
    parts = ["# Data model", _INTRODUCTION, *_contract(), *_tables(), *_marts(), *_bucket()]
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    f"{markdown.NOTICE}\n\n"
    "The names of databases, schemas and buckets are the defaults. See [Configuration](reference/configuration.md) for "
    "how to change them."
)


def _contract() -> Iterator[str]:
    yield "## The contract"
    yield (
        "The contract is one list of columns, in `tiktok_insights/schema.py`. The CSV header, the Glue table, the "
        "warehouse tables, the transform and the audit are derived from it. This table has each column's name in every "
        "layer, in CSV order; *dropped* means that the warehouse has no such column:"
    )
    yield markdown.table(
        ("CSV", f"Glue (`{GLUE_TABLE}`)", "warehouse", "warehouse type"),
        (
            (
                _code(c.csv),
                _code(f"{c.glue} {c.glue_type}"),
                _code(c.warehouse),
                _code(c.warehouse and c.warehouse_type),
            )
            for c in COLUMNS
        ),
    )
    yield (
        f"{', '.join(_code(c.warehouse or '') for c in COLUMNS if c.is_history_only)} are in `FOLLOWER_SNAPSHOTS` "
        "only, not in `TIKTOK_DATA`. Files from other sources may end after "
        f"{' or '.join(_code(names[-1]) for names in HEADERS[:0:-1])}. What they lack is NULL, except that "
        "`extracted_at` is the end of the day `dt`, or when the object was first written if that was earlier. Glue's "
        "partition keys are "
        f"{' and '.join(map(_code, PARTITION_KEYS))}."
    )
    yield (
        "The meaning of each column, and its fields in the two dialects of the API. If there are several fields, the "
        "first one present wins, except that a boolean in the APP dialect is true if any of its fields is set:"
    )
    yield markdown.table(
        ("CSV", "kind", "field, WEB", "field, APP", "meaning"),
        ((_code(c.csv), c.kind.value, _fields(c.web), _fields(c.app), c.meaning) for c in COLUMNS),
    )
    yield (
        "The values a CSV field accepts. An empty field is NULL, except for an ID. If a row has any other value, it is "
        "rejected and quarantined:"
    )
    yield markdown.table(
        ("kind", "accepted", "columns"), ((k.value, ACCEPTED_TEXTS[k], _columns_of(k)) for k in ColumnKind)
    )


def _tables() -> Iterator[str]:
    yield "## The warehouse"
    yield (
        f"The database is `{_NAMES.database}`. People query the tables in `{_NAMES.schema_name}`; only the pipeline "
        f"needs those in `{_NAMES.internal_schema}`. {_VIEWS} are views of the "
        "tables with these names. Times are UTC."
    )
    yield (
        f"These are the tables of version {SCHEMA_VERSION}, which is recorded in `{PUBLISH_LOCK.name}`; "
        f"`{TABLE_VERSION}` has the statements that create them. The first session of a run creates whatever is "
        "missing, including schemas but not the database. It refuses tables whose columns differ in name, type, "
        "length, NOT NULL or position, and tables of another version. Refused tables are left unchanged."
    )
    for table in ALL:
        yield f"### {table.name}"
        yield f"{table.grain} Schema: `{_NAMES.namespace.schema_of(table)}`."
        yield markdown.table(
            ("column", "type", "meaning"), ((_code(c.name), _code(c.type), c.meaning) for c in table.columns)
        )


def _columns_seen_as(seen: Seen) -> str:
    names = {name for mart in all_marts() for name in Source.of_mart(mart).names_seen_as(seen)}
    *others, last = (_code(name) for name in sorted(names))
    return f"{', '.join(others)} and {last}"


def _marts() -> Iterator[str]:
    yield "## The marts"
    yield (
        f"The marts are views in `{_NAMES.database}.{_NAMES.view_schema.upper()}`, so they are always as current as "
        "the tables. The asset with the same name recreates the view and compares it with the tables: the totals "
        "below must match. In a mart, an `id` is text of 1 to 20 digits, a `count` a whole number of at least 0, a "
        "`share` a number from 0 to 1, a `ratio` a number of at least 0, and a `time` a time in UTC."
    )
    yield (
        f"Readers see the same columns in `{_NAMES.database}.{_NAMES.reader_schema.upper()}`, with a pseudonym in "
        f"place of {_columns_seen_as(Seen.PSEUDONYM)}, the month alone in {_columns_seen_as(Seen.MONTH)}, and NULL in "
        f"{_columns_seen_as(Seen.HIDDEN)}. There, an `id` is a pseudonym: "
        "[Let people read without names](how_to/readers.md)."
    )
    yield "The marts share these numbers, which are in `tiktok_insights/insights/thresholds.py`:"
    yield markdown.table(
        ("threshold", "value", "meaning"), ((_code(one.word), f"{one.value:,}", one.meaning) for one in THRESHOLDS)
    )
    for mart in all_marts():
        yield f"### {mart.view}"
        yield mart.description
        yield markdown.table(
            ("column", "type", "meaning"), ((_code(c.name), _code(c.type_name), c.meaning) for c in mart.columns)
        )
        if mart.key:
            yield f"No two rows have the same {', '.join(map(_code, mart.key))}. Order: `{mart.order}`."
        yield markdown.table(
            ("reconciles", f"`{mart.view}`", "table"),
            (
                (
                    total.meaning,
                    _code(total.of_mart),
                    " + ".join(f"`{part.total}` of `{part.table}`" for part in total.of_tables),
                )
                for total in mart.reconciliations
            ),
        )


def _bucket() -> Iterator[str]:
    csv_key = listing.csv_key(_SNAPSHOT)
    account, snapshot = _SNAPSHOT.account_id, _SNAPSHOT.snapshot_id
    yield "## Keys in the bucket"
    yield (
        f"For an account with the ID {account} and a snapshot that started on {_SNAPSHOT.moment:%Y-%m-%d} at "
        f"{_SNAPSHOT.moment:%H:%M:%S} UTC:"
    )
    rows = (
        ("raw/accounts/<handle or secUid>.json", "the account a name last referred to; used to find its snapshots"),
        (_SNAPSHOT.account_info, "the first response of the snapshot: the account's profile"),
        (_SNAPSHOT.page(1), "a page exactly as received (write-once); its S3 metadata describes the request"),
        (_SNAPSHOT.evidence(2), "a response that was received instead of a page"),
        (_SNAPSHOT.manifest, "the commit marker, written last: the outcome, the pages and their checksums"),
        (csv_key, "the snapshot's CSV"),
        (f"{listing.CSV_PREFIX}account={account}/dt=<YYYY-MM-DD>/<any name>.csv",
         "a CSV from another source"),
        (f"{followers_csv.RAW_QUARANTINE_PREFIX}account={account}/snapshot={snapshot}.jsonl",
         "rows of the raw pages with an unknown structure: object, row, reason, the row itself"),
        (quarantine_key(csv_key, _ETAG),
         "rows of a CSV that break the contract: object, line, column, reason, the row itself"),
        (DASHBOARD_KEY, "the dashboard, as the last run with changes made it"),
        (STATE_KEY, "which alerts were sent, and which are still to be sent; only where someone gets alerts"),
        (PROGRESS_KEY, "how far `tiktok-insights verify` has come, for the next process if it is cut off"),
    )  # fmt: skip  # a key and its meaning
    yield markdown.table(("key", "what"), ((markdown.code(key), what) for key, what in rows))


def _columns_of(kind: ColumnKind) -> str:
    return ", ".join(_code(column.csv) for column in COLUMNS if column.kind is kind)


def _fields(paths: Sequence[str]) -> str:
    return " or ".join(map(_code, paths)) or "set by the pipeline"


def _code(text: str | None) -> str:
    return markdown.code(text) if text else "dropped"
