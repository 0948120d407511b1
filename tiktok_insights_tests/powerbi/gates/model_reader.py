"""The semantic model as its files say it, for the gates: tables, relationships and parameters, read from a folder."""

from dataclasses import dataclass, replace
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.tmdl_reader import Node, read

FOLDER = Path("TikTokInsights.SemanticModel", "definition")


@dataclass(frozen=True)
class ModelFiles:
    """What the files say."""

    database: Node
    model: Node
    tables: dict[str, Node]
    parameters: dict[str, Node]
    relationships: list[Node]

    def columns(self, table: str) -> dict[str, Node]:
        """A table's columns by their names; none for a table that is not there."""
        return {column.name: column for column in self.tables[table].of_kind("column")} if table in self.tables else {}

    def measures(self) -> dict[str, Node]:
        """All measures by their names."""
        return {measure.name: measure for table in self.tables.values() for measure in table.of_kind("measure")}

    def objects(self) -> list[Node]:
        """Everything that has a lineage tag."""
        parts = [child for table in self.tables.values() for child in table.children if child.kind != "partition"]
        return [*self.parameters.values(), *self.tables.values(), *parts]


def read_model(folder: Path) -> ModelFiles:
    """Read the model of the project in a folder. Raises TmdlError."""
    definition = folder / FOLDER
    tables = [node for path in sorted((definition / "tables").iterdir()) for node in read(path.read_text("utf-8"))]
    first, *others = read((definition / "model.tmdl").read_text("utf-8"))
    (database,) = read((definition / "database.tmdl").read_text("utf-8"))
    return ModelFiles(
        database,
        replace(first, children=[*first.children, *others]),
        {table.name: table for table in tables},
        {node.name: node for node in read((definition / "expressions.tmdl").read_text("utf-8"))},
        read((definition / "relationships.tmdl").read_text("utf-8")),
    )
