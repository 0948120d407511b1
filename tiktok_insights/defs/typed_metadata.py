"""A stage's results as typed values in an asset's metadata: for programs, such as the command line's summary.

An entry itself is beside its asset. What people see in the UI is tables (presentation.py), which no program reads.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

import dagster as dg
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

_Result = TypeVar("_Result")


class TypedMetadata(Generic[_Result]):
    """An entry of an asset's metadata that holds dataclasses as JSON."""

    def __init__(self, name: str, kind: type[_Result]) -> None:
        self._name = name
        self._adapter = TypeAdapter(kind)

    def entry(self, result: _Result) -> dict[str, dg.MetadataValue]:
        """Make the entry of a result."""
        return {self._name: dg.MetadataValue.json(to_jsonable_python(result))}

    def read(self, metadata: Mapping[str, dg.MetadataValue]) -> _Result:
        """Read the result that the metadata has. Raises KeyError when it has none."""
        return self._adapter.validate_python(metadata[self._name].value)
