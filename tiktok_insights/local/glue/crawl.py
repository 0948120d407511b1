"""One crawl: reads the beginning of every CSV below a crawler's targets, and writes what it finds into the catalog.

A table that is there already is not changed where the crawler's update behavior is LOG; partitions are added to it, as
Glue does. Nothing is ever deleted.
"""

import threading
from typing import TYPE_CHECKING, Any

from tiktok_insights.local.aws.service_store import ServiceStore
from tiktok_insights.local.glue.crawled_table import CrawledFolder
from tiktok_insights.local.glue.csv_classifier import SAMPLE_BYTES, classify
from tiktok_insights.local.glue.definitions import backend
from tiktok_insights.local.glue.errors import LaunchError
from tiktok_insights.local.glue.s3_objects import beginning_of, list_objects

if TYPE_CHECKING:
    from moto.glue.models import FakeCrawler, FakeDatabase

_UPDATE, _LOG = "UPDATE_IN_DATABASE", "LOG"


def crawl(region: str, crawler: "FakeCrawler", services: ServiceStore, stop: threading.Event) -> None:
    """Crawl, and keep the catalog on disk; once `stop` is set, nothing is written. Raises LaunchError."""
    targets = [target["Path"] for target in (crawler.targets or {}).get("S3Targets", [])]
    if not targets:
        raise LaunchError("The crawler has no target in S3; the local stack crawls nothing else.")
    folders = [_read(path, stop) for path in targets]
    with services.lock("glue"):
        database = backend(region).databases.get(crawler.database_name)
        if database is None:
            raise LaunchError(f"Database {crawler.database_name} not found.")
        if stop.is_set():
            return
        for folder in folders:
            if folder.samples:
                _write(region, database, crawler, folder)
        services.save("glue")


def _read(path: str, stop: threading.Event) -> CrawledFolder:
    location = path if path.endswith("/") else f"{path}/"
    folder = CrawledFolder(location)
    for below, found in list_objects(location):
        if stop.is_set():
            break
        # A hidden file, as Hive has it.
        if below.endswith("/") or below.rpartition("/")[2].startswith(("_", ".")):
            continue
        if sample := classify(beginning_of(found, SAMPLE_BYTES + 1)):
            folder.add(below, sample, found.contentsize)
    return folder


def _write(region: str, database: "FakeDatabase", crawler: "FakeCrawler", folder: CrawledFolder) -> None:
    glue, prefix = backend(region), crawler.table_prefix or ""
    name, wanted = folder.table_name(prefix), folder.table_input(crawler.name, prefix)
    if name not in database.tables:
        glue.create_table(database.name, name, wanted)
    elif (crawler.schema_change_policy or {}).get("UpdateBehavior", _UPDATE) != _LOG:
        glue.update_table(database.name, name, wanted)
    table = database.tables[name]
    keys: list[Any] = table.versions[str(table._current_version)].get("PartitionKeys", [])
    for partition in folder.partition_inputs(crawler.name):
        if len(partition["Values"]) == len(keys) and str(partition["Values"]) not in table.partitions:
            glue.create_partition(database.name, name, partition)
