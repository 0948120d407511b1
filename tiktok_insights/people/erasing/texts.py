"""Takes removed people out of the warehouse's texts: reasons and results of checks may name a user as an example.

Add a column here when a new one may quote what a file or a response says. Rows about people belong in `warehouse`.
"""

import json
import re
from collections.abc import Sequence

from tiktok_insights.checks import pseudonym
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.named_texts import REMOVED
from tiktok_insights.suppression.hashes import Kind, SuppressionList
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, LOAD_BATCHES, LOAD_HISTORY

#: Not STAGED_OBJECTS: its rows go as a whole.
TEXTS: tuple[tuple[Table, str], ...] = (
    (LOAD_HISTORY, "REASON"),
    (LOAD_BATCHES, "CHECKS"),
    (ACCOUNT_SNAPSHOTS, "OUTCOME_REASON"),
)
#: An ID as such, and a value as messages quote it. A shorter number may be a count.
_NAME = re.compile(r"(?<![0-9])[0-9]{10,20}(?![0-9])|(?<=')[^']{1,60}(?=')")


def clean_texts(session: Session, suppression: SuppressionList, ids: Sequence[str]) -> list[Cleaned]:
    """Replace the names of people on the list in every text, and the shortened IDs of these; inside a transaction."""
    return [_clean_column(session, table, column, suppression, ids) for table, column in TEXTS]


def _clean_column(
    session: Session, table: Table, column: str, suppression: SuppressionList, ids: Sequence[str]
) -> Cleaned:
    name = session.namespace.name_of(table)
    texts = session.query(f"SELECT {column}, COUNT(*) FROM {name} WHERE {column} IS NOT NULL GROUP BY {column}")
    copies = 0
    for text, rows in texts:
        if (clean := without_names(text, suppression, ids)) != text:
            session.execute(f"UPDATE {name} SET {column} = ? WHERE {column} = ?", (clean, text))
            copies += int(rows)
    return Cleaned(f"{name}.{column}", min(copies, 1), copies)


def without_names(text: str, suppression: SuppressionList, ids: Sequence[str]) -> str:
    """Give a text without the names of people on the list, and without the shortened forms of these IDs."""
    for tiktok_id in ids:
        short = pseudonym(tiktok_id)
        for form in (short, json.dumps(short)[1:-1]):
            text = re.sub(f"(?<![0-9]){re.escape(form)}(?![0-9])", REMOVED, text)
    return _NAME.sub(lambda found: REMOVED if _is_someone(found[0], suppression) else found[0], text)


def _is_someone(name: str, suppression: SuppressionList) -> bool:
    return any(suppression.has(kind, name) for kind in Kind)
