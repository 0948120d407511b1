"""Adds up what is found or erased in many objects of one place. What is counted in an object belongs to the caller."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectStore
from tiktok_insights.people.bucket_objects import each_object
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.progress import ProgressReporter


def counted(
    store: ObjectStore,
    place: str,
    infos: Sequence[ObjectInfo],
    count: Callable[[ObjectInfo, Path, Downloaded], int],
    stage: str,
    progress: ProgressReporter,
) -> Cleaned:
    """Count in each object; `stage` is how the progress is named. What cannot be read is named, and stops nothing."""
    unread: list[Unread] = []
    sources = copies = 0
    with progress.track(stage, len(infos), "objects") as advance:
        for found in each_object(store, infos, count):
            advance()
            if isinstance(found, Unread):
                unread.append(found)
            else:
                sources, copies = sources + bool(found), copies + found
    return Cleaned(place, sources, copies, tuple(unread), len(infos))
