"""What the warehouse is told of a snapshot. Its CSV carries it as user metadata, so that a load reads no manifest.

Only facts of the manifest belong here. What else is known of an object belongs in staging.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tiktok_insights.raw.manifest import Manifest

_NAME = "snapshot-facts"
#: S3 takes 2,048 bytes of user metadata, names included.
_MAX_BYTES = 1_800


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What ACCOUNT_SNAPSHOTS says of a snapshot, as the manifest has it.

    Times are ISO 8601 in UTC; follow times are unix seconds.
    """

    account_id: str
    snapshot_id: str
    handle: str
    started_at: str
    finished_at: str
    outcome: str
    reason: str
    users_seen: int
    users_claimed: int | None
    requests: int
    quota_left: int | None
    covered_from: int | None
    covered_to: int | None
    holes: tuple[tuple[int, int], ...]
    is_whole: bool
    coverage: float | None

    @staticmethod
    def of(manifest: Manifest) -> "SnapshotFacts":
        """The facts of a manifest."""
        return SnapshotFacts(
            account_id=manifest.account_id,
            snapshot_id=manifest.snapshot_id,
            handle=manifest.handle,
            started_at=manifest.started_at,
            finished_at=manifest.finished_at,
            outcome=manifest.outcome,
            reason=manifest.reason,
            users_seen=manifest.users_seen,
            users_claimed=manifest.users_claimed,
            requests=manifest.requests,
            quota_left=manifest.quota_left,
            covered_from=manifest.covered_from,
            covered_to=manifest.covered_to,
            holes=manifest.holes,
            is_whole=manifest.is_whole,
            coverage=manifest.coverage,
        )

    def to_metadata(self) -> dict[str, str]:
        """The facts as an object's user metadata; empty where they are too long for it."""
        text = json.dumps(asdict(self), ensure_ascii=True)
        return {_NAME: text} if len(text) <= _MAX_BYTES else {}

    @staticmethod
    def from_metadata(metadata: Mapping[str, str]) -> "SnapshotFacts | None":
        """The facts that `to_metadata` gave; None where they are missing or damaged: the manifest has them."""
        try:
            fields = json.loads(metadata[_NAME])
            holes = tuple((start, end) for start, end in fields.pop("holes"))
            facts = SnapshotFacts(**fields, holes=holes)
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        return facts if _are_sound(facts) else None


def _are_sound(facts: SnapshotFacts) -> bool:
    texts = (
        facts.account_id,
        facts.snapshot_id,
        facts.handle,
        facts.started_at,
        facts.finished_at,
        facts.outcome,
        facts.reason,
    )
    numbers = (facts.users_seen, facts.requests, *(second for hole in facts.holes for second in hole))
    optional = (facts.users_claimed, facts.quota_left, facts.covered_from, facts.covered_to)
    return (
        all(isinstance(text, str) for text in texts)
        and all(_is_moment(text) for text in (facts.started_at, facts.finished_at))
        and all(_is_count(number) for number in numbers)
        and all(number is None or _is_count(number) for number in optional)
        and isinstance(facts.is_whole, bool)
        and (facts.coverage is None or (type(facts.coverage) is float and 0 <= facts.coverage < math.inf))
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**18


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
