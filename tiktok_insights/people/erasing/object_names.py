"""Looks for removed people in what names an object: its key and its user metadata, as others chose them.

An object cannot be renamed, and the ledger has its key, so nothing is changed here. Its owner must upload it again
under another name. What is in an object belongs in `bucket_search`.
"""

import re
from collections.abc import Mapping

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import snapshot_of
from tiktok_insights.suppression.hashes import Kind, SuppressionList

#: Everything that this system writes, and the CSVs of others.
_OF_THIS_SYSTEM = (
    "raw/", "probe/", "csv/followers/", "quarantine/", "suppression/", "exports/dashboard/", "glue/", "locks/",
    "verify/", "alerts/", "backups/orchestrator/",
)  # fmt: skip
_WORD = re.compile(r"[\w.]+")
#: So many parts of a name with dots are tried.
_MOST_PARTS = 12


def is_named(key: str, metadata: Mapping[str, str], suppression: SuppressionList) -> bool:
    """Whether an object of another producer has someone on the list in its own name or in its metadata."""
    if snapshot_of(key):
        return False
    texts = (key.rpartition("/")[2], *metadata.values())
    return any(_names_someone(word, suppression) for text in texts for word in _WORD.findall(text))


def count_strangers(store: ObjectStore) -> int:
    """How many objects of the bucket are under no prefix of this system, so that nothing here reads them."""
    return sum(1 for info in store.list("") if not info.key.startswith(_OF_THIS_SYSTEM))


def _names_someone(word: str, suppression: SuppressionList) -> bool:
    """Whether a word, or parts of it between dots such as a file's name without its ending, is someone's name."""
    parts = word.split(".")[:_MOST_PARTS]
    ends = range(1, len(parts) + 1)
    words = {".".join(parts[start:end]) for end in ends for start in range(end)}
    return any(suppression.has(kind, one) for one in words for kind in Kind)
