"""Searches the bucket for people on the suppression list, before a removal and after it. Nothing is written.

It decides by the same rules as what erases, and reads every object again.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.people.bucket_places import unpacked
from tiktok_insights.people.erasing.bucket_raw import EVIDENCE, MANIFESTS
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.counting import counted
from tiktok_insights.people.erasing.csv_lines import cut_lines
from tiktok_insights.people.erasing.json_lines import is_removed
from tiktok_insights.people.erasing.object_names import is_named
from tiktok_insights.people.finding import Unread
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.staging.quarantine import QUARANTINE_PREFIX
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tiktok.page_rows import RowNames, names_in, without_mention

#: Where the names and metadata of other producers' CSVs are counted.
NAMES = "names of objects"
_RENAME = "its name or metadata may name a removed person; upload it under another name, and delete it"


def find_in_bucket(
    store: ObjectStore, suppression: SuppressionList, progress: ProgressReporter = SILENT
) -> Iterator[Cleaned]:
    """Count the rows of everyone on the list, for each place in the bucket."""

    def covers(row: RowNames) -> bool:
        return suppression.covers(row.tiktok_id, row.handle, row.sec_uid)

    def in_response(info: ObjectInfo, path: Path, _: Downloaded) -> int:
        name = info.key.rpartition("/")[2]
        if name in MANIFESTS:
            return 0
        body = unpacked(path.read_bytes())
        rows = sum(map(covers, names_in(body)))
        return rows or (without_mention(body, covers)[1] if name.startswith(EVIDENCE) else 0)

    def in_csv(info: ObjectInfo, path: Path, downloaded: Downloaded) -> int:
        if is_named(info.key, downloaded.metadata, suppression):
            named.add(info.key)
        return cut_lines(path, path.with_name("rest"), suppression).records

    def in_quarantine(_: ObjectInfo, path: Path, __: Downloaded) -> int:
        with path.open("rb") as file:
            return sum(is_removed(json.loads(line), suppression) for line in file)

    named: set[str] = set()
    for place, prefixes, count in (
        ("responses", (RAW_PREFIX, PROBE_PREFIX), in_response),
        ("csv", (CSV_PREFIX,), in_csv),
        ("quarantine", (QUARANTINE_PREFIX,), in_quarantine),
    ):
        infos = [info for prefix in prefixes for info in store.list(prefix)]
        yield counted(store, place, infos, count, f"searching {place}", progress)
    if suppression:
        # They can only be changed by whoever put them there.
        yield Cleaned(NAMES, unread=tuple(Unread(key, _RENAME) for key in sorted(named)))
