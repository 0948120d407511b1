"""Takes removed people out of the API's answers before they are stored.

How a row is cut out of a page belongs in `tiktok.page_rows`, who was removed in `suppression`.
"""

from collections.abc import Callable
from functools import cache

from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tiktok.page_rows import RowNames, without_rows

#: Gives a body as it is to be stored.
Clean = Callable[[bytes], bytes]


def unchanged(body: bytes) -> bytes:
    """Give the body as it is, for whoever stores no answers."""
    return body


def cleaning(read: Callable[[], SuppressionList]) -> Clean:
    """Give what takes the people of a list out of bodies; the list is read once, for the first of them."""
    once = cache(read)
    return lambda body: without_removed(body, once())


def without_removed(body: bytes, suppression: SuppressionList) -> bytes:
    """Give the body with a marker in the place of each row of someone on the list; the same object without any."""

    def is_removed(names: RowNames) -> bool:
        return suppression.covers(names.tiktok_id, names.handle, names.sec_uid)

    return without_rows(body, is_removed)[0] if suppression else body
