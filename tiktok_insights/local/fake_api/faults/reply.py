"""What leaves instead of the honest answer, as a value, and what a fault knows when it makes one.

Here: values, how a document becomes bytes, and the replies that differ from the honest one in their delivery only. Not
here: delivering (`connection`).
"""

import dataclasses
import enum
import json
from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]


class Ending(enum.Enum):
    """How the connection fares while the reply is on its way."""

    WHOLE = "whole"
    RESET = "reset"
    SHORT = "short"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One struck request: the honest document, its path, the virtual time `at`, the fault's `delay_ms`."""

    document: Document
    path: str
    at: int
    delay_ms: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply. `headers` override the quota headers, which are left out unless `quota_headers`."""

    content: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    quota_headers: bool = True
    hold_ms: int = 0
    ending: Ending = Ending.WHOLE


Change = Callable[[Occasion], Reply]


def encoded(document: object) -> bytes:
    """Return compact UTF-8 JSON, as the real API sends it; a lone surrogate leaves as its escape."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def honest(occasion: Occasion) -> Reply:
    """Return the honest answer."""
    return Reply(content=encoded(occasion.document))


def slow(occasion: Occasion) -> Reply:
    """Hold the honest answer back."""
    return dataclasses.replace(honest(occasion), hold_ms=occasion.delay_ms)


def reset(occasion: Occasion) -> Reply:
    """Break the connection instead of an answer."""
    return dataclasses.replace(honest(occasion), ending=Ending.RESET)


def short(occasion: Occasion) -> Reply:
    """Promise the whole honest body, send half of it and hang up."""
    return dataclasses.replace(honest(occasion), ending=Ending.SHORT)
