"""Erases lines of objects with one JSON entry a line, as both quarantines are. Whose an entry is, the caller knows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.people.bucket_objects import each_object
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.progress import ProgressReporter


def clean_json_lines(
    store: ObjectStore,
    place: str,
    infos: list[ObjectInfo],
    is_removed: Callable[[Any], bool],
    progress: ProgressReporter,
) -> Cleaned:
    """Drop the lines with such an entry, and keep the bytes of all others. An object without any is not written."""

    def clean(info: ObjectInfo, path: Path, downloaded: Downloaded) -> int:
        rest = path.with_suffix(".rest")
        removed = 0
        with path.open("rb") as file, rest.open("wb") as out:
            for line in file:
                if is_removed(json.loads(line)):
                    removed += 1
                else:
                    out.write(line)
        if removed:
            with rest.open("rb") as body:
                store.replace(info, body, downloaded.content_type, downloaded.metadata)
        return removed

    unread: list[Unread] = []
    sources = copies = 0
    with progress.track(f"cleaning {place}", len(infos), "objects") as advance:
        for found in each_object(store, infos, clean):
            advance()
            if isinstance(found, Unread):
                unread.append(found)
            else:
                sources, copies = sources + bool(found), copies + found
    return Cleaned(place, sources, copies, tuple(unread))
