"""JSON without Python's leniency: no NaN, no duplicate keys, no number that a float would alter."""

import json
from typing import Any

from tiktok_insights.text.quoting import field_name, quoted
from tiktok_insights.tiktok.errors import UnreadableBodyError


class DecimalText(str):
    """A number with a fraction or an exponent, as the text that stood in the body."""

    __slots__ = ()


def _no_constant(name: str) -> Any:
    msg = f"{name} is not valid JSON"
    raise ValueError(msg)


def _no_duplicate(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        msg = f"the key '{field_name(repeated)}' appears twice in one object"
        raise ValueError(msg)
    return document


def loads(body: bytes) -> Any:
    """Parse a whole UTF-8 body; integers stay exact, other numbers become `DecimalText`.

    Raises UnreadableBodyError when the body is not whole JSON, has NaN or Infinity, or a key twice in one object.
    """
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=DecimalText,
            parse_constant=_no_constant,
            object_pairs_hook=_no_duplicate,
        )
    except (ValueError, RecursionError) as error:
        start = quoted(body[:60].decode("utf-8", "replace"))
        msg = f"The body ({len(body)} bytes) is not valid JSON ({error}). It begins with {start!r}."
        raise UnreadableBodyError(msg) from error
