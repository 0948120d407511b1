"""How far a verification has read the bucket again: a small object in the bucket, where the next process finds it.

Add here what a verification that was cut off has to know. What is compared belongs in `lost_ids.py`.
"""

import json
from dataclasses import asdict, dataclass, replace

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore

#: Beside the other prefixes of the bucket.
PROGRESS_KEY = "verify/progress.json"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reread:
    """What has been compared so far, in the order of keys; `last_key` is the last object, `offenders` the first few.

    `not_compared` names the first few of the objects that are gone or cannot be read.
    """

    started_at: str
    last_key: str = ""
    objects: int = 0
    gone: int = 0
    unreadable: int = 0
    ids: int = 0
    lost: int = 0
    not_compared: tuple[str, ...] = ()
    offenders: tuple[str, ...] = ()
    has_ended: bool = False


def resume(store: ObjectStore, now: str, *, from_start: bool) -> Reread:
    """Read how far the last verification came if it was cut off; otherwise, or with `from_start`, begin at `now`."""
    if not from_start:
        try:
            found = json.loads(store.get(PROGRESS_KEY).body)
        except ObjectMissingError:
            return Reread(now)
        lists = {name: tuple(found[name]) for name in ("not_compared", "offenders")}
        if not found["has_ended"]:
            return Reread(**{**found, **lists})
    return Reread(now)


def save(store: ObjectStore, reread: Reread) -> None:
    """Write how far it came."""
    store.put(PROGRESS_KEY, json.dumps(asdict(reread)).encode(), _JSON)


def end(store: ObjectStore, reread: Reread) -> None:
    """Let the next verification begin at the start."""
    save(store, replace(reread, has_ended=True))


def offenders_of(body: bytes) -> int:
    """How many offenders a stored progress names. Raises ValueError and LookupError for what is none."""
    return len(json.loads(body)["offenders"])
