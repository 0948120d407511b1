"""How results look in the UI: tables, column schemas and lineage from the contract."""

from collections.abc import Iterable, Sequence

import dagster as dg
import pandas as pd

from tiktok_insights.schema import ACCEPTED_TEXTS, COLUMNS, WAREHOUSE_COLUMNS

OWNERS = ["team:tiktok-insights"]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.TableMetadataValue:
    """A table for the UI; NULL is an empty text."""
    records = [dg.TableRecord(dict(zip(header, map(_cell, row), strict=True))) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in header]))


def csv_columns() -> dg.TableSchema:
    """The contract's columns as the CSV has them."""
    return dg.TableSchema(
        [dg.TableColumn(c.csv, "string", f"{c.meaning} Accepted: {ACCEPTED_TEXTS[c.kind]}.") for c in COLUMNS]
    )


def glue_columns() -> dg.TableSchema:
    """The contract's columns as Glue has them."""
    return dg.TableSchema([dg.TableColumn(c.glue, c.glue_type, c.meaning) for c in COLUMNS])


def warehouse_columns() -> dg.TableSchema:
    """The contract's columns as the warehouse has them."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                c.warehouse or "",
                c.warehouse_type.removesuffix(" NOT NULL"),
                c.meaning,
                dg.TableColumnConstraints(nullable="NOT NULL" not in c.warehouse_type),
            )
            for c in WAREHOUSE_COLUMNS
        ]
    )


def glue_lineage() -> dg.TableColumnLineage:
    """Each column in Glue from the column of the CSV."""
    return _lineage("followers_csv", {c.glue: c.csv for c in COLUMNS})


def staging_lineage() -> dg.TableColumnLineage:
    """Each warehouse column from the column in Glue; the avatars end there."""
    return _lineage("tiktok_user_data", {c.warehouse or "": c.glue for c in WAREHOUSE_COLUMNS})


def warehouse_lineage() -> dg.TableColumnLineage:
    """Each column of the table from the column of the same name in staging."""
    return _lineage("staged_tiktok_data", {c.warehouse or "": c.warehouse or "" for c in WAREHOUSE_COLUMNS})


def _lineage(upstream: str, sources: dict[str, str]) -> dg.TableColumnLineage:
    key = dg.AssetKey(upstream)
    return dg.TableColumnLineage({name: [dg.TableColumnDep(key, source)] for name, source in sources.items()})


def statistics(frame: pd.DataFrame) -> dict[str, dg.MetadataValue]:
    """Summary statistics of the columns with numbers, as a table in Markdown."""
    numbers = frame.select_dtypes("number").dropna(axis="columns", how="all")
    if numbers.empty:
        return {"rows": dg.MetadataValue.int(len(frame))}
    summary = numbers.astype("float64").agg(["count", "min", "median", "mean", "max", "sum"]).T
    return {
        "rows": dg.MetadataValue.int(len(frame)),
        "statistics": dg.MetadataValue.md(summary.round(4).to_markdown(floatfmt=",.15g")),
    }


def _cell(value: object) -> str | int | float | bool:
    if value is None:
        return ""
    # Beyond 2^53 a number would be bent in the browser.
    if isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) <= 2**53):
        return value
    return str(value)
