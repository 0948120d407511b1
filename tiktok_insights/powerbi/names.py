"""The names and IDs of the project's objects: always the same for the same object, so a new build changes nothing."""

import hashlib
import uuid

#: The name of the project, the semantic model and the report. Dagster's assets are named after it too.
PROJECT = "TikTokInsights"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, PROJECT)
_NAME_LENGTH = 20


def object_name(*parts: str) -> str:
    """Name a page or a visual, as Power BI Desktop does: 20 hexadecimal digits."""
    return hashlib.sha256("/".join((PROJECT, *parts)).encode()).hexdigest()[:_NAME_LENGTH]


def tag(*parts: str) -> str:
    """Give a table, column or measure its lineage tag: a UUID."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))
