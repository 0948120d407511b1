"""Deletes what runs have noted in the bucket on their way, where it names people or adds up their IDs.

The results of Glue jobs are read only while a batch is in work; one that is stages its objects again. A verification
that has named someone begins again.
"""

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore
from tiktok_insights.people.bucket_objects import OBJECT_ERRORS, why
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.raw.deletion import delete_objects
from tiktok_insights.staging.glue.exchange import RESULT_PREFIX
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.warehouse.verification import PROGRESS_KEY, offenders_of

PLACE = "notes of runs"


def clean_work(store: ObjectStore, suppression: SuppressionList) -> Cleaned:
    """Delete the results of Glue jobs, and the progress of a verification that has named someone."""
    if not suppression:
        return Cleaned(PLACE)
    results = [*store.list(RESULT_PREFIX)]
    unread: list[Unread] = []
    try:
        named = offenders_of(store.get(PROGRESS_KEY).body)
    except ObjectMissingError:
        named = 0
    except OBJECT_ERRORS as error:
        named = 0
        unread.append(Unread(PROGRESS_KEY, why(error)))
    for refused in delete_objects(store, results):
        raise refused
    if named:
        store.delete(PROGRESS_KEY)
    return Cleaned(PLACE, len(results) + bool(named), len(results) + named, tuple(unread))
