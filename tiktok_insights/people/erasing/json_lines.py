"""The entries of both quarantines, one JSON object a line: whose each is, and an object without some of them."""

import json
from pathlib import Path
from typing import Any

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.counting import counted
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.staging.suppressed_rows import is_suppressed
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tiktok.page_rows import without_rows


def is_removed(entry: Any, suppression: SuppressionList) -> bool:
    """Whether a rejected row of a page or a CSV is of someone on the list. Raises LookupError for another entry."""
    if "raw" not in entry:
        return is_suppressed(entry["row"].encode("utf-8", "replace"), suppression)
    page = b'{"userList":[%b]}' % str(entry["raw"]).encode("utf-8", "replace")
    return without_rows(page, lambda row: suppression.covers(row.tiktok_id, row.handle, row.sec_uid))[1] > 0


def clean_json_lines(
    store: ObjectStore,
    place: str,
    infos: list[ObjectInfo],
    suppression: SuppressionList,
    progress: ProgressReporter,
) -> Cleaned:
    """Drop the lines of everyone on the list, and keep the bytes of all others. An object without any stays."""

    def clean(info: ObjectInfo, path: Path, downloaded: Downloaded) -> int:
        rest = path.with_suffix(".rest")
        removed = 0
        with path.open("rb") as file, rest.open("wb") as out:
            for line in file:
                if is_removed(json.loads(line), suppression):
                    removed += 1
                else:
                    out.write(line)
        if removed:
            with rest.open("rb") as body:
                store.replace(info, body, downloaded.content_type, downloaded.metadata)
        return removed

    return counted(store, place, infos, clean, f"cleaning {place}", progress)
