"""Fills the windows of a manifest of version 1 from the snapshot's pages, without a request.

How a snapshot ended is not judged again; the pages stay as they are.
"""

import io
from dataclasses import replace

from tiktok_insights.raw.manifest import MANIFEST_VERSION, Manifest, PageEntry
from tiktok_insights.raw.snapshots import JSON, RawStore, entry_of
from tiktok_insights.tiktok.dialects import parse, read_page
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import Walk


def write_over(raw: RawStore, manifest: Manifest, today: Manifest) -> None:
    """Write today's version of a manifest over an older one, on condition that the object is still that one.

    Raises ObjectChangedError when another run writes it at this moment, and ObjectNotWritableError.
    """
    info = raw.store.info(manifest.snapshot.manifest)
    if info is not None and raw.manifest(manifest.snapshot) == manifest:
        raw.store.replace(info, io.BytesIO(today.to_json()), JSON)


def upgraded(raw: RawStore, manifest: Manifest) -> Manifest:
    """Give today's version of a manifest; one that has it already is given as it is.

    Raises TikTokError for a page that this version cannot read, and what `RawStore.committed_response` raises.
    """
    if manifest.version == MANIFEST_VERSION:
        return manifest
    walk = Walk(manifest.users_claimed)
    entries: list[PageEntry] = []
    for entry in manifest.pages:
        stored = raw.committed_response(entry)
        page = parse(stored, read_page).value
        entries.append(entry_of(stored, page, walk.take(page, stored.fetched_at, stored.asked)))
    return replace(
        manifest,
        is_whole=manifest.outcome == Outcome.WHOLE.value and not walk.holes,
        holes=walk.holes,
        covered_from=walk.covered_from,
        covered_to=walk.covered_to,
        coverage=walk.coverage,
        pages=tuple(entries),
        version=MANIFEST_VERSION,
    )
