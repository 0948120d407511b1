"""Takes a person's names out of one text of Dagster's records. Where they are belongs beside it."""

import json
from typing import Any

from tiktok_insights.people.erasing.named_texts import REMOVED, NamedTexts
from tiktok_insights.suppression import Kind

#: What people read. Elsewhere in an event, a text that looks like a handle is the name of an asset, a job or a class.
_PROSE = {
    "message", "user_message", "stack", "text", "md_str", "data", "records", "run_config", "description", "label",
    "skip_reason",
}  # fmt: skip
_NAMES_OF_DAGSTER = ("__class__", "__enum__")


def cleaned_text(value: str, texts: NamedTexts) -> str:
    """The text without the names: JSON by its parts, so that a class or an asset keeps its name."""
    # Most texts have no name, and need not be read as JSON.
    if texts.clean(value) == value and not any(name in value for kind, name in texts.names if kind is Kind.ID):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return texts.clean(value, handles=False)
    clean = _cleaned_document(document, texts, is_prose=False)
    return value if clean == document else json.dumps(clean)


def _cleaned_document(found: Any, texts: NamedTexts, *, is_prose: bool) -> Any:
    if isinstance(found, dict):
        return {
            key: value
            if key in _NAMES_OF_DAGSTER
            else _cleaned_document(value, texts, is_prose=is_prose or key in _PROSE)
            for key, value in found.items()
        }
    if isinstance(found, list):
        return [_cleaned_document(each, texts, is_prose=is_prose) for each in found]
    if isinstance(found, str):
        is_short_id = is_prose and (Kind.ID, found) in texts.names
        return REMOVED if is_short_id else texts.clean(found, handles=is_prose)
    return found
