"""Takes a person's names out of one text of Dagster's records. Where they are belongs beside it."""

import json
from typing import Any

from tiktok_insights.people.erasing.named_texts import REMOVED, NamedTexts
from tiktok_insights.suppression.hashes import Kind

#: What people read. Elsewhere in an event, a text that looks like a handle is the name of an asset, a job or a class.
_PROSE = {
    "message", "user_message", "stack", "text", "md_str", "data", "records", "run_config", "description", "label",
    "skip_reason",
}  # fmt: skip
_NAMES_OF_DAGSTER = ("__class__", "__enum__")
#: How the keys of Dagster's own tags begin; the values of all others are what people wrote.
_TAGS_OF_DAGSTER = ("dagster/", ".dagster/")
#: How the names of the tables of tags end; each has a key and a value.
TAG_TABLES = "_tags"
#: The value's column there.
TAG_VALUE = "value"


def is_own_tag(key: str) -> bool:
    """Whether a tag is one of Dagster's own, whose value may be the name of a job or a schedule."""
    return key.startswith(_TAGS_OF_DAGSTER)


def cleaned_text(value: str, texts: NamedTexts, *, is_prose: bool = False) -> str:
    """The text without the names: JSON by its parts, so that a class or an asset keeps its name.

    With `is_prose`, a text that looks like a handle is one.
    """
    # Most texts have no name, and need not be read as JSON.
    if texts.clean(value) == value and not any(name in value for kind, name in texts.names if kind is Kind.ID):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return texts.clean(value, handles=is_prose)
    if not isinstance(document, (dict, list)):
        # An ID that is all of the text is a number to JSON.
        return REMOVED if is_prose and (Kind.ID, value) in texts.names else texts.clean(value, handles=is_prose)
    clean = _cleaned_document(document, texts, is_prose=is_prose)
    return value if clean == document else json.dumps(clean)


def _cleaned_document(found: Any, texts: NamedTexts, *, is_prose: bool, are_tags: bool = False) -> Any:
    if isinstance(found, dict):
        return {
            key: value
            if key in _NAMES_OF_DAGSTER
            else _cleaned_document(
                value,
                texts,
                is_prose=is_prose or key in _PROSE or (are_tags and not is_own_tag(key)),
                are_tags=key == "tags",
            )
            for key, value in found.items()
        }
    if isinstance(found, list):
        return [_cleaned_document(each, texts, is_prose=is_prose) for each in found]
    if isinstance(found, str):
        is_short_id = is_prose and (Kind.ID, found) in texts.names
        return REMOVED if is_short_id else texts.clean(found, handles=is_prose)
    return found
