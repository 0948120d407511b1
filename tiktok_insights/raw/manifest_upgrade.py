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


def upgrade(raw: RawStore, manifest: Manifest) -> None:
    """Write today's version of a manifest over an older one, on condition that the object is still that one.

    Raises TikTokError for a page that this version cannot read, what `RawStore.committed_response` raises,
    ObjectChangedError when another run writes it at this moment, and ObjectNotWritableError.
    """
    if manifest.version == MANIFEST_VERSION:
        return
    key = manifest.snapshot.manifest
    info = raw.store.info(key)
    if info is not None and raw.manifest(manifest.snapshot) == manifest:
        raw.store.replace(info, io.BytesIO(_upgraded(raw, manifest).to_json()), JSON)


def _upgraded(raw: RawStore, manifest: Manifest) -> Manifest:
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
