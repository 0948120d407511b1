"""Log lines for machines: one JSON object on one line for each event of a run. What is in it is read in `defs`.

A line has no message of an exception: such a text may hold a row or a password. It has the exception's class and the
line of ours that raised it. What the stages themselves log is in it, without the settings that are secrets.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass

from tiktok_insights.settings.client_settings import VARIABLE

_HIDDEN = "***"
#: Shorter texts are no secrets: to hide them would hide words.
_LEAST_LETTERS = 6


def line_of(values: Mapping[str, object], secrets: Iterable[str] = ()) -> str:
    """Give the line of an event: what is empty is left out, and secrets are hidden."""
    given = {name: value for name, value in values.items() if value not in (None, "", {})}
    for name, value in given.items():
        if isinstance(value, str):
            given[name] = _hidden(value, secrets)
    return json.dumps(given, ensure_ascii=False)


def secrets_of(settings: object) -> tuple[str, ...]:
    """The values of all settings that are secrets, the longest first; of a text of several lines, each line too."""
    found = set(_secrets_in(settings))
    found |= {part.strip() for text in found for part in text.replace("\\n", "\n").splitlines()}
    return tuple(sorted((text for text in found if len(text) >= _LEAST_LETTERS), key=len, reverse=True))


def _secrets_in(settings: object) -> Iterable[str]:
    if not is_dataclass(settings):
        return
    for item in fields(settings):
        value = getattr(settings, item.name)
        if VARIABLE in item.metadata:
            yield str(value)
        else:
            yield from _secrets_in(value)


def _hidden(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return text
