"""How results look in the UI: tables in Markdown, column schemas and lineage from the contract, check results."""

from collections.abc import Iterable, Sequence

import dagster as dg

from tiktok_insights.check_outcome import CheckOutcome
from tiktok_insights.schema import ACCEPTED_TEXTS, COLUMNS, WAREHOUSE_COLUMNS

OWNERS = ["team:tiktok-insights"]


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """A table for the UI; texts from outside cannot break its cells."""
    lines = [_markdown_row(header), "|" + "---|" * len(header)]
    lines += [_markdown_row(row) for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def csv_columns() -> dg.TableSchema:
    """The contract's columns as the CSV has them."""
    return dg.TableSchema(
        [dg.TableColumn(c.csv, "string", f"{c.meaning} Accepted: {ACCEPTED_TEXTS[c.kind]}.") for c in COLUMNS]
    )


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


def lineage_from_csv(asset: str) -> dg.TableColumnLineage:
    """Each warehouse column from the CSV column of the contract."""
    return dg.TableColumnLineage(
        {c.warehouse or "": [dg.TableColumnDep(dg.AssetKey(asset), c.csv)] for c in WAREHOUSE_COLUMNS}
    )


def lineage_same_names(asset: str) -> dg.TableColumnLineage:
    """Each warehouse column from the column of the same name upstream."""
    names = [c.warehouse or "" for c in WAREHOUSE_COLUMNS]
    return dg.TableColumnLineage({name: [dg.TableColumnDep(dg.AssetKey(asset), name)] for name in names})


def check_result(
    outcome: CheckOutcome, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    """A check's result with its offenders in the metadata."""
    metadata: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.int(fact) if isinstance(fact, int) else dg.MetadataValue.md(f"```\n{fact}\n```")
        for name, fact in outcome.facts.items()
    }
    if outcome.offenders:
        metadata["offenders"] = markdown_table(["offender"], [[offender] for offender in outcome.offenders])
    return dg.AssetCheckResult(
        passed=outcome.passed,
        check_name=outcome.name,
        severity=severity,
        description=None if outcome.passed else "; ".join(outcome.offenders)[:1000],
        metadata=metadata,
    )


def sentence(check_name: str) -> str:
    """A check's name as the sentence that it is."""
    return check_name.replace("_", " ").capitalize() + "."


def _markdown_row(cells: Sequence[object]) -> str:
    texts = ("" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells)
    return "| " + " | ".join(" ".join(text.replace("|", "\\|").split()) for text in texts) + " |"
