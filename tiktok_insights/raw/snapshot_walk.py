"""The walk of one snapshot: its stored pages first, then the API's, each stored before the walk continues."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

from tiktok_insights.progress import ProgressReporter
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore, entry_of
from tiktok_insights.raw.stored_response import StoredResponse
from tiktok_insights.raw.walk_progress import WalkProgress
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.dialects import parse, read_page
from tiktok_insights.tiktok.errors import RunError, SchemaDriftError, TikTokError
from tiktok_insights.tiktok.known_fields import unknown_fields
from tiktok_insights.tiktok.models import Account, Page, Parsed, Response
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import Stop, Walk

#: A page with as many rows, and none of a shape that we know, is no page for us; fewer may be so by chance.
UNKNOWN_ROWS = 5


class SnapshotWalk:
    """Walks one snapshot to its end. `stop` is set when no account of the run can go on.

    `opening` is the stored response that opened the snapshot: who the account is. `requests` counts what this walk has
    spent, stored or not.
    """

    def __init__(
        self,
        raw: RawStore,
        client: Client,
        snapshot: SnapshotKey,
        opening: Parsed[StoredResponse, Account],
        stop: threading.Event,
        log: logging.Logger,
        progress: ProgressReporter,
    ) -> None:
        self._raw = raw
        self._client = client
        self._snapshot = snapshot
        self._stop = stop
        self._log = log
        self._progress = progress
        self._info = opening.response
        self.account = opening.value
        self._walk = Walk(self.account.follower_total, self._info.walk_until, client.list_caps)
        self._entries: list[PageEntry] = []
        self._stored_requests = self._info.requests
        self._quota_left = self._info.quota.remaining
        self.requests = 0

    def finish(self) -> Manifest:
        """Walk on until the list or the API ends it. The manifest is committed if the outcome is final.

        An error of the API is the manifest's outcome and reason; what the bucket raises is raised.
        """
        try:
            for stored, page in self._pages():
                window = self._walk.take(page, stored.fetched_at, stored.asked)
                self._entries.append(entry_of(stored, page, window))
                self._stored_requests += stored.requests
                self._quota_left = stored.quota.remaining
        except TikTokError as error:
            return self._interrupted(error)
        if self._walk.stop is None:
            return self._left_open(self._manifest(Outcome.UNFINISHED, "the run was stopped"))
        return self._raw.commit(self._manifest(self._walk.stop.outcome, self._walk.stop.value))

    def _pages(self) -> Iterator[tuple[StoredResponse, Page]]:
        """Pages as long as the walk needs another one."""
        for stored in self._raw.pages(self._snapshot):
            yield stored, parse(stored, read_page).value
            if self._walk.stop:
                return
        if self._walk.pages:
            self._log.info("%s: resuming after page %d of the open snapshot.", self.account.handle, self._walk.pages)
        walk_progress = WalkProgress(self.account.handle, self._walk, self._progress, self._log)
        try:
            yield from self._new_pages(walk_progress)
        finally:
            walk_progress.end()

    def _new_pages(self, walk_progress: WalkProgress) -> Iterator[tuple[StoredResponse, Page]]:
        """The API's pages, each stored before it is given."""
        while not self._walk.stop and not self._stop.is_set():
            fetched = self._client.followers(self.account.sec_uid, self._walk.cursor)
            self.requests += fetched.response.requests
            _check_rows(fetched)
            if not self._walk.pages:
                self._tell_unknown_fields(fetched.document)
            stored = self._raw.put_parsed(self._snapshot.page(self._walk.pages + 1), fetched, read_page)
            yield stored.response, stored.value
            walk_progress.report()

    def _tell_unknown_fields(self, document: Any) -> None:
        """Say once for each walk what the API serves beyond what we know; the raw pages keep it."""
        if unknown := unknown_fields(document):
            names = ", ".join(unknown[:20])
            self._log.warning(
                "%s: the API returned unknown fields: %s. They are kept in the raw pages.",
                self.account.handle,
                names,
            )

    def _interrupted(self, error: TikTokError) -> Manifest:
        self.requests += error.requests
        if error.response is not None:
            self._raw.put_response(self._snapshot.evidence(self._walk.pages + 1), error.response)
        if error.outcome is Outcome.HIDDEN and self._walk.pages:
            manifest = self._manifest(Stop.LIST_VANISHED.outcome, Stop.LIST_VANISHED.value)
        else:
            where = "" if isinstance(error, RunError) else f"page {self._walk.pages + 1}: "
            manifest = self._manifest(error.outcome, f"{where}{error}")
        return self._raw.commit(manifest) if error.outcome.is_final else self._left_open(manifest)

    def _left_open(self, manifest: Manifest) -> Manifest:
        self._raw.note_attempt(manifest)
        return manifest

    def _manifest(self, outcome: Outcome, reason: str) -> Manifest:
        walk = self._walk
        return Manifest(
            account_id=self._snapshot.account_id,
            handle=self.account.handle,
            sec_uid=self.account.sec_uid,
            snapshot_id=self._snapshot.snapshot_id,
            started_at=iso(self._info.fetched_at),
            finished_at=iso(self._client.now()),
            outcome=outcome.value,
            reason=reason,
            users_seen=walk.users_seen,
            users_claimed=walk.claimed,
            is_whole=walk.is_whole,
            holes=walk.holes,
            rows=walk.rows,
            dummies=walk.dummies,
            rejected=walk.rejected,
            requests=self._stored_requests,
            quota_left=self._quota_left,
            covered_from=walk.covered_from,
            covered_to=walk.covered_to,
            coverage=walk.coverage,
            pages=tuple(self._entries),
        )


def _check_rows(fetched: Parsed[Response, Page]) -> None:
    """Raise SchemaDriftError for a page of which nothing can be read: stored, it would pass for a page without news."""
    page = fetched.value
    if not page.followers and len(page.rejected) >= UNKNOWN_ROWS:
        why = page.rejected[0].reason
        error = SchemaDriftError(f"None of the page's {len(page.rejected)} rows has a known structure: {why}.")
        error.response = fetched.response
        raise error
