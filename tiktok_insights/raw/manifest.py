"""A snapshot's name and its manifest, the commit marker: where its objects are, and what is known of them.

A snapshot exists for all other code once it has its manifest. Until then its pages are the cursor of the next run.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tiktok_insights.raw.damage import too_new
from tiktok_insights.text.quoting import without_values

#: Version 2 has the windows of follow times. In one of version 1 they are None until a replay fills them.
MANIFEST_VERSION = 2
RAW_PREFIX = "raw/followers/"
_ID_FORMAT = "%Y%m%dT%H%M%S"


class RawDataError(RuntimeError):
    """A raw object is not what its manifest, or its own checksum, says."""


@dataclass(frozen=True, order=True, slots=True)
class SnapshotKey:
    """Names one snapshot: the account's id, and the moment (UTC, milliseconds) at which it was begun."""

    account_id: str
    snapshot_id: str

    @staticmethod
    def begun_at(account_id: str, moment: datetime) -> "SnapshotKey":
        """Name a new snapshot."""
        milliseconds = moment.microsecond // 1000
        return SnapshotKey(account_id, f"{moment.astimezone(UTC):{_ID_FORMAT}}{milliseconds:03d}Z")

    @property
    def moment(self) -> datetime:
        """When the snapshot was begun, UTC."""
        moment = datetime.strptime(self.snapshot_id[:15], _ID_FORMAT).replace(tzinfo=UTC)
        return moment.replace(microsecond=int(self.snapshot_id[15:18]) * 1000)

    @property
    def prefix(self) -> str:
        """The prefix of all objects of the snapshot."""
        return f"{RAW_PREFIX}account={self.account_id}/snapshot={self.snapshot_id}/"

    @property
    def manifest(self) -> str:
        """Key of the commit marker."""
        return f"{self.prefix}_manifest.json"

    @property
    def attempt(self) -> str:
        """Key of what the last run said of the snapshot while it is open."""
        return f"{self.prefix}_attempt.json"

    @property
    def account_info(self) -> str:
        """Key of the answer that opened the snapshot: who the account is."""
        return f"{self.prefix}account-info.json.gz"

    @property
    def look(self) -> str:
        """Key of such an answer that was requested alone, at this moment: no snapshot begins with it."""
        return f"{RAW_PREFIX}account={self.account_id}/look={self.snapshot_id}.json.gz"

    def page(self, number: int) -> str:
        """Key of a page, counted from 1."""
        return f"{self.prefix}page-{number:06d}.json.gz"

    def evidence(self, number: int) -> str:
        """Key of an answer that came in the place of a page and is none."""
        return f"{self.prefix}not-a-page-{number:06d}.json.gz"

    @property
    def is_well_named(self) -> bool:
        """Whether the name is one that `begun_at` gives; a folder that people left there has another."""
        try:
            return SnapshotKey.begun_at(self.account_id, self.moment) == self
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class PageEntry:
    """What the manifest says of one page; `sha256` is of the exact body.

    Its users followed at or after `followed_after` and before `followed_before` (unix seconds). `followed_after` is
    None where the API gave no cursor. While the page is written without some of its rows, `replaced_sha256` is of the
    body that it may still have.
    """

    key: str
    sha256: str
    rows: int
    fetched_at: str
    followed_after: int | None = None
    followed_before: int | None = None
    replaced_sha256: str | None = None

    def is_of(self, sha256: str) -> bool:
        """Whether this is the SHA-256 of a body that the page may have."""
        return sha256 in (self.sha256, self.replaced_sha256)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The commit marker of a snapshot: who, how it ended, how much, and every page with its checksum.

    Times are ISO 8601 in UTC. `users_claimed` is the API's own total, None if it gave none. `is_whole` says that no
    user of the list was missed but those that the API filters out; `holes` are the intervals of follow time (unix
    seconds, both ends included) that were not read between `covered_from`, the cursor of the last page that has one,
    and `covered_to`, when the first page was fetched. `coverage` is users seen divided by users claimed. `requests`
    counts all that the stored answers took, over all runs; `quota_left` is what the last of them said of the plan.
    """

    account_id: str
    handle: str
    sec_uid: str
    snapshot_id: str
    started_at: str
    finished_at: str
    outcome: str
    reason: str
    users_seen: int
    users_claimed: int | None
    is_whole: bool
    holes: tuple[tuple[int, int], ...]
    rows: int
    dummies: int
    rejected: int
    requests: int
    pages: tuple[PageEntry, ...]
    quota_left: int | None = None
    covered_from: int | None = None
    covered_to: int | None = None
    coverage: float | None = None
    version: int = MANIFEST_VERSION

    @property
    def snapshot(self) -> SnapshotKey:
        """The snapshot's name."""
        return SnapshotKey(self.account_id, self.snapshot_id)

    def to_json(self) -> bytes:
        """The manifest as the object's body."""
        document = asdict(self)
        for entry in document["pages"]:
            if entry["replaced_sha256"] is None:
                del entry["replaced_sha256"]
        return json.dumps(document, ensure_ascii=True, indent=1).encode()

    @staticmethod
    def from_json(body: bytes, uri: str) -> "Manifest":
        """Read what `to_json` wrote into the object at `uri`. Raises RawDataError."""
        try:
            fields = json.loads(body)
            version = fields.get("version", 0)
            if version > MANIFEST_VERSION:
                raise RawDataError(too_new(uri, version, MANIFEST_VERSION))
            pages = tuple(PageEntry(**entry) for entry in fields.pop("pages"))
            holes = tuple((int(start), int(end)) for start, end in fields.pop("holes"))
            return Manifest(**fields, pages=pages, holes=holes)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            msg = f"{uri} is not a readable manifest ({without_values(str(error))}). Restore it from a backup."
            raise RawDataError(msg) from None


def iso(moment: datetime) -> str:
    """A moment as text in the contract's form: ISO 8601, UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
