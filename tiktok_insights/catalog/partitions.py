"""The Glue table's partitions: which there are, new and empty ones, and new columns of existing ones, many in a call.

Which there should be is the business of `glue_table`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tiktok_insights.catalog.table_definition import Partition, name_of
from tiktok_insights.catalog.trailing_columns import missing_columns, with_columns
from tiktok_insights.text.quoting import without_values

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

#: The most that Glue takes in one call.
_BATCH = 100
_DELETE_BATCH = 25


class PartitionRefusedError(RuntimeError):
    """Glue rejects a partition; the others of the same call may be there."""


class Partitions:
    """The partitions of one table."""

    def __init__(self, glue: "GlueClient", database: str, table: str) -> None:
        self._glue = glue
        self._table: Any = {"DatabaseName": database, "TableName": table}
        self._table_name = f"{database}.{table}"

    def registered(self) -> set[Partition]:
        """The values of every registered partition; none where there is no table."""
        return {partition for partition, _ in self.entries(with_columns=False)}

    def entries(self, *, with_columns: bool = True) -> Iterator[tuple[Partition, Any]]:
        """Every registered partition, by its values, as Glue has it; none where there is no table."""
        pages = self._glue.get_paginator("get_partitions").paginate(**self._table, ExcludeColumnSchema=not with_columns)
        try:
            yield from ((tuple(entry["Values"]), entry) for page in pages for entry in page["Partitions"])
        except self._glue.exceptions.EntityNotFoundException:
            return

    def create(self, inputs: Sequence[Mapping[str, Any]]) -> None:
        """Register partitions; one that another run has just registered is no error. Raises PartitionRefusedError."""

        def create(batch: list[Any]) -> Any:
            return self._glue.batch_create_partition(**self._table, PartitionInputList=batch).get("Errors", [])

        self._in_batches(create, inputs, "PartitionValues", harmless="AlreadyExistsException")

    def delete(self, partitions: Sequence[Partition]) -> None:
        """Remove partitions; one that Glue keeps is no error. Files stay."""
        for start in range(0, len(partitions), _DELETE_BATCH):
            batch: Any = [{"Values": list(partition)} for partition in partitions[start : start + _DELETE_BATCH]]
            self._glue.batch_delete_partition(**self._table, PartitionsToDelete=batch)

    def add_columns(self, expected: Sequence[Mapping[str, str]]) -> None:
        """Add the expected columns that partitions lack at their end; leave other partitions as they are.

        A partition that is deleted meanwhile is no error. Raises PartitionRefusedError.
        """

        def update(batch: list[Any]) -> Any:
            return self._glue.batch_update_partition(**self._table, Entries=batch).get("Errors", [])

        entries = [
            {
                "PartitionValueList": entry["Values"],
                "PartitionInput": as_input(self._glue, "PartitionInput", with_columns(entry, columns)),
            }
            for _, entry in self.entries()
            if (columns := missing_columns(entry, expected))
        ]
        self._in_batches(update, entries, "PartitionValueList", harmless="EntityNotFoundException")

    def _in_batches(
        self, call: Callable[[list[Any]], Iterable[Any]], entries: Sequence[Any], values: str, *, harmless: str
    ) -> None:
        for start in range(0, len(entries), _BATCH):
            for failure in call(list(entries[start : start + _BATCH])):
                detail = failure.get("ErrorDetail", {})
                if detail.get("ErrorCode") != harmless:
                    msg = (
                        f"Glue refused the partition {name_of(tuple(failure[values]))} of {self._table_name}: "
                        f"{without_values(str(detail.get('ErrorMessage')))}. Fix that and run again. "
                        "The CSVs and the warehouse are unchanged."
                    )
                    raise PartitionRefusedError(msg)


def as_input(glue: "GlueClient", kind: str, entry: Mapping[str, Any]) -> Any:
    """What Glue has told of a table or partition as it takes it back: without the facts that only Glue may state."""
    known = glue.meta.service_model.shape_for(kind).members  # type: ignore[attr-defined]  # a structure has members
    return {name: value for name, value in entry.items() if name in known}
