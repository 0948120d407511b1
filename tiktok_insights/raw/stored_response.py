"""A stored answer of the API, as an object's body and metadata give it. Who stores it belongs in `snapshots`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tiktok_insights.tiktok.models import Quota


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A stored answer of the API: the exact body, when it was fetched (UTC), and how many requests it took.

    `quota` is what the answer said of the plan. `asked` is the cursor that a page was asked for with (unix seconds, 0
    for the newest), None if it is no page. `walk_until` (unix seconds) is on the answer that opens a window.
    """

    key: str
    body: bytes
    fetched_at: datetime
    requests: int
    sha256: str
    quota: Quota
    walk_until: int | None
    asked: int | None


def stored_response(key: str, body: bytes, facts: dict[str, Any]) -> StoredResponse:
    """Read the metadata `facts` of the object with this key and body."""
    fetched_at = datetime.fromisoformat(facts["fetched-at"])
    return StoredResponse(
        key=key,
        body=body,
        fetched_at=fetched_at,
        requests=int(facts["requests"]),
        sha256=facts["sha256"],
        quota=Quota(
            _number(facts.get("quota-limit")),
            _number(facts.get("quota-remaining")),
            _number(facts.get("quota-reset-seconds")),
        ),
        walk_until=_number(facts.get("walk-until")),
        asked=_number(json.loads(facts["parameters"]).get("minCursor")),
    )


def _number(text: str | None) -> int | None:
    """A number of the metadata; None where the API gave none."""
    return int(text) if text and text.isdecimal() else None
