"""The transform: one SQL text, generated from the contract, that DuckDB and Spark SQL both run.

Input: a relation with the contract's CSV columns as text, and beside them `object_number`, `first_modified`
and `taken_at`, the time of a row that has none. Output: one row per input row, typed, with a `disposition`: staged,
duplicate (the object has the user already) or rejected. What both engines understand alike was tried out:
regexp_extract with group 0, subqueries, TRY_CAST, intervals, explicit NULLS.
"""

from tiktok_insights.schema import (
    ACCEPTED_TEXTS,
    COLUMNS,
    HISTORY_COLUMNS,
    HISTORY_NAMES,
    ID_COLUMN,
    TIME_COLUMN,
    WAREHOUSE_NAMES,
    Column,
    ColumnKind,
)

STAGED, DUPLICATE, REJECTED = "staged", "duplicate", "rejected"

#: The CSV columns that the transform reads, each in every query. A line is not rejected for any other column.
READ_COLUMNS = tuple(column.csv for column in HISTORY_COLUMNS)

_COUNT = "-?[0-9]{1,38}([.]0)?"
#: Not hour 24, of which the engines think differently, nor years that a client's datetime does not know.
_TIMESTAMP = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z"
#: A row from the future would be its user's newest forever. A day is for wrong clocks, and for zones taken for UTC.
_LATEST = "first_modified + INTERVAL '1' DAY"
_TRUE = ("true", "t", "1")
_FALSE = ("false", "f", "0")


def newest_first(*first_ties: str, prefix: str = "") -> str:
    """The order in which rows of one user win: newest, exact counts before rounded, then every column: no tie is left.

    `first_ties` are columns that decide between rows of the same time before others do. `prefix` qualifies the columns,
    such as `h.`.
    """
    first = ["EXTRACTED_AT", *first_ties, "COUNTS_EXACT"]
    rest = [name for name in WAREHOUSE_NAMES if name not in (*first, "TIKTOK_ID")]
    return ", ".join(f"{prefix}{name} DESC NULLS LAST" for name in [*first, *rest])


def transform_sql(source: str) -> str:
    """The SQL text over the relation `source`.

    Columns of the result: object_number, the history's columns of the contract, rejected_column (NULL for a good row),
    negative_counts, disposition.
    """
    names = ", ".join(HISTORY_NAMES)
    of_snapshot = ", ".join(f"{name} DESC NULLS LAST" for name in HISTORY_NAMES if name not in WAREHOUSE_NAMES)
    # Rows that are equal once they are typed may differ in what became NULL.
    place = f"{newest_first()}, {of_snapshot}, negative_counts DESC"
    return f"""
SELECT object_number, {names}, rejected_column, negative_counts,
  CASE WHEN rejected_column IS NOT NULL THEN '{REJECTED}'
       WHEN occurrence > 1 THEN '{DUPLICATE}'
       ELSE '{STAGED}' END AS disposition
FROM (
  SELECT typed.*, ROW_NUMBER() OVER (
    PARTITION BY object_number, TIKTOK_ID, rejected_column IS NULL ORDER BY {place}) AS occurrence
  FROM (
    SELECT object_number, {_typed_columns()},
      {_rejected_column()} AS rejected_column,
      {_negative_counts()} AS negative_counts
    FROM {source}
  ) AS typed
) AS numbered
""".strip()


def rejected_rows_sql(source: str) -> str:
    """The rejected rows of the relation `source`, which has a column `record` too.

    Columns of the result: object_number, record, rejected_column, and a hash of all that the transform reads. An engine
    may not look at columns that a query does not use, and reject no line for them: then this query would number other
    records.

    Apart from the transform, as an engine that numbers the rows has to read them one after the other.
    """
    texts = ", ".join(READ_COLUMNS)
    return (
        "SELECT object_number, record, rejected_column, texts FROM (SELECT object_number, record, "
        f"{_rejected_column()} AS rejected_column, hash({texts}) AS texts FROM {source}) AS checked "
        "WHERE rejected_column IS NOT NULL"
    )


def rejection_reason(column_name: str, text: str) -> str:
    """What the rejected column has, and what it should have had."""
    kind = next(column.kind for column in COLUMNS if column.csv == column_name)
    return f"{column_name} is {text[:100]!r}, but must be {ACCEPTED_TEXTS[kind]}"


def _rejected_column() -> str:
    """The first column of a source row whose text the contract does not accept, or NULL."""
    cases = [f"WHEN {_rejects(column)} THEN '{column.csv}'" for column in COLUMNS if _rejects(column)]
    return "CASE " + "\n           ".join(cases) + " END"


def _whole(name: str, pattern: str) -> str:
    """Whether the whole text matches: neither regexp_matches, regexp_like nor `$` means the same in both engines."""
    return f"regexp_extract({name}, '{pattern}', 0) = {name}"


def _is_not(name: str, pattern: str) -> str:
    """Whether a text is not of a pattern that integers fit. Most are integers, which are seen without a pattern."""
    is_integer = f"CAST(TRY_CAST({name} AS BIGINT) AS STRING) = {name}"
    return f"CASE WHEN {is_integer} THEN FALSE ELSE NOT ({_whole(name, pattern)}) END"


def _rejects(column: Column) -> str:
    name = column.csv
    if column is ID_COLUMN:
        return f"{name} IS NULL OR {name} IN ('', '0') OR {name} LIKE '-%' OR {_is_not(name, '[0-9]{1,20}')}"
    if column.kind is ColumnKind.BOOLEAN:
        texts = ", ".join(f"'{text}'" for text in (*_TRUE, *_FALSE))
        return f"{name} <> '' AND lower({name}) NOT IN ({texts})"
    if column.kind is ColumnKind.COUNT:
        return f"{name} <> '' AND {_is_not(name, _COUNT)}"
    if column.kind is ColumnKind.TIMESTAMP:
        moment = _timestamp(name)
        return f"{name} <> '' AND (NOT ({_whole(name, _TIMESTAMP)}) OR {moment} IS NULL OR {moment} > {_LATEST})"
    return ""


def _typed_columns() -> str:
    return ",\n      ".join(f"{_typed(column)} AS {column.warehouse}" for column in HISTORY_COLUMNS)


def _typed(column: Column) -> str:
    name = column.csv
    if column is ID_COLUMN:
        return name
    if column.kind is ColumnKind.BOOLEAN:
        true, false = (", ".join(f"'{text}'" for text in texts) for texts in (_TRUE, _FALSE))
        return f"CASE WHEN lower({name}) IN ({true}) THEN TRUE WHEN lower({name}) IN ({false}) THEN FALSE END"
    if column.kind is ColumnKind.COUNT:
        # A negative count becomes NULL here; it is counted beside. What is no count is rejected.
        return f"CASE WHEN {name} LIKE '-%' THEN NULL ELSE TRY_CAST({name} AS DECIMAL(38,0)) END"
    if column.kind is ColumnKind.TIMESTAMP:
        return f"COALESCE({_timestamp(name)}, taken_at)" if column is TIME_COLUMN else _timestamp(name)
    return f"NULLIF(replace({name}, chr(0), ''), '')"


def _timestamp(name: str) -> str:
    return f"TRY_CAST(replace(replace({name}, 'T', ' '), 'Z', '') AS TIMESTAMP)"


def _negative_counts() -> str:
    counts = [column.csv for column in COLUMNS if column.kind is ColumnKind.COUNT]
    return " + ".join(f"CASE WHEN {name} LIKE '-%' THEN 1 ELSE 0 END" for name in counts)
