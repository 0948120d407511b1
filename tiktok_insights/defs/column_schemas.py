"""The columns of each asset as the UI shows them, with tags and lineage: from the contract and the marts' headers.

How values look belongs in presentation.py.
"""

import dagster as dg

from tiktok_insights.insights.mart import Mart
from tiktok_insights.schema import ACCEPTED_TEXTS, COLUMNS, PERSONAL_NAMES, WAREHOUSE_COLUMNS

#: Tags of a column that identifies a person.
PERSONAL = {"pii": "true"}


def csv_columns() -> dg.TableSchema:
    """The contract's columns as the CSV has them."""
    return dg.TableSchema(
        [_column(c.csv, "string", f"{c.meaning} Accepted: {ACCEPTED_TEXTS[c.kind]}.", c.is_personal) for c in COLUMNS]
    )


def glue_columns() -> dg.TableSchema:
    """The contract's columns as Glue has them."""
    return dg.TableSchema([_column(c.glue, c.glue_type, c.meaning, c.is_personal) for c in COLUMNS])


def warehouse_columns() -> dg.TableSchema:
    """The contract's columns as the warehouse has them."""
    return dg.TableSchema(
        [
            _column(
                c.warehouse or "",
                c.warehouse_type.removesuffix(" NOT NULL"),
                c.meaning,
                c.is_personal,
                dg.TableColumnConstraints(nullable="NOT NULL" not in c.warehouse_type),
            )
            for c in WAREHOUSE_COLUMNS
        ]
    )


def mart_columns(mart: Mart) -> dg.TableSchema:
    """A mart's columns with their types and meanings."""
    return dg.TableSchema(
        [
            _column(
                c.name,
                c.warehouse_type,
                c.meaning,
                c.name in PERSONAL_NAMES,
                dg.TableColumnConstraints(nullable=c.is_nullable, other=[c.type_name]),
            )
            for c in mart.columns
        ]
    )


def _column(
    name: str, type_: str, meaning: str, is_personal: bool, constraints: dg.TableColumnConstraints | None = None
) -> dg.TableColumn:
    return dg.TableColumn(name, type_, meaning, constraints, PERSONAL if is_personal else {})


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
