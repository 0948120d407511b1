"""Presence: the statement that decides who is on a list and who is missed, for publication, rebuild and verification.

The definitions are in docs/explanation; what is counted from the spells belongs in the marts.
"""

from tiktok_insights.sql_files import read_sql, without_comments
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, PUBLISH_LOCK
from tiktok_insights.tables.holes import HOLES, NUMBERS
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.tables.presence import PRESENCE_SPELLS

#: Stand for what is unknown, so that a comparison with it gives the right answer.
_LONG_AGO, _NEVER = "'0001-01-01'::TIMESTAMP_NTZ", "'9999-01-01'::TIMESTAMP_NTZ"
#: After the last snapshot of every account.
_NO_PLACE = 2**31 - 1
_NO_SPELLS = f"(SELECT * FROM {PRESENCE_SPELLS.name} WHERE 1 = 0)"
_NO_ROWS = f"SELECT * FROM {FOLLOWER_SNAPSHOTS.name} WHERE 1 = 0"


def fold_spells(namespace: Namespace, chosen: str, staged: str) -> str:
    """The query for the spells that a batch changes; `chosen` and `staged` are queries for its keys and its rows."""
    return _fold(namespace, PRESENCE_SPELLS.name, chosen, staged)


def all_spells(namespace: Namespace) -> str:
    """The query for all spells, computed from the whole history that is retained."""
    return _fold(namespace, _NO_SPELLS, "''", _NO_ROWS)


def _fold(namespace: Namespace, spells: str, chosen: str, staged: str) -> str:
    text = without_comments(read_sql(__package__, "fold_spells"))
    return text.format(
        publish_lock=namespace.name_of(PUBLISH_LOCK),
        spells=spells,
        chosen=chosen,
        staged=staged,
        numbers=NUMBERS,
        holes=HOLES,
        long_ago=_LONG_AGO,
        never=_NEVER,
        no_place=_NO_PLACE,
    )
