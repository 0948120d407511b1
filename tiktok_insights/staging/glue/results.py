"""What the job says of a batch, and whether that can be true. Whether the rows arrived belongs in the audit."""

from collections.abc import Sequence

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.glue.errors import ResultError
from tiktok_insights.staging.glue.exchange import Result, result_key

#: How the message of an object that changed goes on after the object's address.
_CHANGED = " was replaced or deleted"


def read_result(store: ObjectStore, batch_id: str, items: Sequence[CsvObject]) -> Result | None:
    """The result of a batch, or None where the job has written none. Raises ResultError for one that cannot be true."""
    key = result_key(batch_id)
    try:
        body = store.get(key).body
    except ObjectMissingError:
        return None
    try:
        result = Result.from_json(body)
    except ValueError:
        raise _not_believed(store.uri(key), "it is not a result of this version's job") from None
    if result.batch_id != batch_id:
        raise _not_believed(store.uri(key), f"it is of batch {result.batch_id}")
    if why := _contradiction(store, result, items):
        raise _not_believed(store.uri(key), why)
    return result


def _contradiction(store: ObjectStore, result: Result, items: Sequence[CsvObject]) -> str:
    """Why a result cannot be that of these objects; each has to have one outcome."""
    silent = dict.fromkeys(items)
    batch = set(items)
    for item in (*(staged.item for staged in result.staged), *(unread.waiting for unread in result.unreadable)):
        if item is None or item not in batch:
            return f"it names an object that was not in the batch: {item.info.key if item else 'an unknown one'}"
        if item not in silent:
            return f"it has two outcomes for {item.info.key}"
        del silent[item]
    by_message = {f"{store.uri(item.info.key)}{_CHANGED}": item for item in silent}
    for changed in result.changed:
        named = [beginning for beginning in by_message if changed.message.startswith(beginning)]
        if not named:
            return f"it says of an object that is not in the batch, or has another outcome: {changed.message}"
        del silent[by_message.pop(max(named, key=len))]
    missing = [item.info.key for item in silent]
    return f"it has no outcome for {len(missing)} objects, such as {missing[0]}" if missing else ""


def _not_believed(uri: str, why: str) -> ResultError:
    return ResultError(
        f"{uri} is not believed: {why.rstrip('. ')}. Nothing of its batch is published. Run again: the next run starts "
        "the job for a new batch."
    )
