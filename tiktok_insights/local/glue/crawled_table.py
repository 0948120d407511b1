"""The table and the partitions that a crawl finds below a target, as Glue's TableInput and PartitionInput.

A table is named after the last folder of its target. Folders named `key=value` become partition keys, others
`partition_0` and so on. Files at another depth than most are ignored; Glue would make tables of their own of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiktok_insights.local.glue.csv_classifier import Columns, CsvSample, merged

_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


@dataclass(slots=True)
class CrawledFolder:
    """What was found below one target of a crawler, file by file."""

    location: str
    samples: list[tuple[tuple[str, ...], CsvSample, int]] = field(default_factory=list)

    def add(self, path: str, sample: CsvSample, size: int) -> None:
        """Take a file by its path below the target."""
        self.samples.append((tuple(path.split("/")[:-1]), sample, size))

    def table_name(self, prefix: str) -> str:
        """The name that the table gets."""
        last = self.location.rstrip("/").rpartition("/")[2]
        return re.sub(r"[^a-z0-9_]", "_", f"{prefix}{last}".lower())

    def table_input(self, crawler: str, prefix: str) -> dict[str, Any]:
        """The table, with the columns of all files."""
        of_table = self._of_table()
        columns = merged([sample for _, sample, _ in of_table])
        parameters = _parameters(crawler, of_table)
        return {
            "Name": self.table_name(prefix),
            "Owner": "owner",
            "TableType": "EXTERNAL_TABLE",
            "Parameters": parameters,
            "PartitionKeys": [{"Name": name, "Type": "string"} for name in self._keys()],
            "StorageDescriptor": _storage(columns, self.location, parameters),
        }

    def partition_inputs(self, crawler: str) -> list[dict[str, Any]]:
        """The partitions in order, one for each folder."""
        folders: dict[tuple[str, ...], list[tuple[tuple[str, ...], CsvSample, int]]] = {}
        for found in self._of_table():
            folders.setdefault(found[0], []).append(found)
        made = []
        for folder, found_there in sorted(folders.items()) if self._keys() else []:
            parameters = _parameters(crawler, found_there)
            columns = merged([sample for _, sample, _ in found_there])
            storage = _storage(columns, f"{self.location}{'/'.join(folder)}/", parameters)
            made.append({"Values": [_split(name)[1] for name in folder], "StorageDescriptor": storage})
        return made

    def _keys(self) -> list[str]:
        counted = Counter(_key_names(folder) for folder, _, _ in self.samples)
        return list(counted.most_common(1)[0][0])

    def _of_table(self) -> list[tuple[tuple[str, ...], CsvSample, int]]:
        keys = tuple(self._keys())
        return [found for found in self.samples if _key_names(found[0]) == keys]


def _key_names(folder: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_split(name)[0] or f"partition_{number}" for number, name in enumerate(folder))


def _split(folder: str) -> tuple[str, str]:
    key, is_pair, value = folder.partition("=")
    return (key.lower(), value) if is_pair and key else ("", folder)


def _parameters(crawler: str, found: Iterable[tuple[tuple[str, ...], CsvSample, int]]) -> dict[str, str]:
    listed = list(found)
    size, rows = sum(size for _, _, size in listed), sum(sample.rows for _, sample, _ in listed)
    told = {
        "UPDATED_BY_CRAWLER": crawler,
        "CrawlerSchemaSerializerVersion": "1.0",
        "CrawlerSchemaDeserializerVersion": "1.0",
        "classification": "csv",
        "compressionType": "none",
        "typeOfData": "file",
        "delimiter": ",",
        "columnsOrdered": "true",
        "areColumnsQuoted": "false",
        "objectCount": str(len(listed)),
        "sizeKey": str(size),
        "recordCount": str(rows),
        "averageRecordSize": str(size // max(1, rows)),
    }
    has_header = any(sample.has_header for _, sample, _ in listed)
    return {**told, "skip.header.line.count": "1"} if has_header else told


def _storage(columns: Columns, location: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()],
        "Location": location,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "Compressed": False,
        "NumberOfBuckets": -1,
        # The one that the classifier chooses, although it leaves quotes in the values.
        "SerdeInfo": {"SerializationLibrary": _SERDE, "Parameters": {"field.delim": ","}},
        "BucketColumns": [],
        "SortColumns": [],
        "Parameters": dict(parameters),
        "StoredAsSubDirectories": False,
    }
