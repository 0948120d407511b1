"""Removes an account that was followed by mistake. A user is removed by `forget`, also one who is an account.

It may be killed anywhere and repeated: its names are noted before its rows go.
"""

from datetime import UTC, datetime

from tiktok_insights.people.erasing.account import handles_of, objects_of, remove_account, rows_of
from tiktok_insights.people.forget import Reach, receipt_of
from tiktok_insights.people.person import Person
from tiktok_insights.people.receipt import AN_ACCOUNT, Receipt, Removed, Search, Whom
from tiktok_insights.people.unfinished import Note
from tiktok_insights.raw.manifest import iso


def forget_account(reach: Reach, account_id: str) -> Receipt:
    """Remove an account and everything that only it led to. It is not put on the suppression list."""
    begun = datetime.now(UTC)
    note = _note_of_account(reach, account_id, begun)
    with reach.unfinished_accounts.noted([note]) as kept:
        with reach.lock():
            remove_account(reach.open_store(), reach.connect, account_id)
            cleaned = reach.told(reach.clean_machine([note.person]))
        search = look_for_account(reach, account_id)
        if any(one.unread for one in cleaned):
            # The next call cleans it, and has to know the handles.
            kept.append(note)
    return receipt_of(reach, begun, Whom(AN_ACCOUNT), note.found, cleaned, search)


def _note_of_account(reach: Reach, account_id: str, begun: datetime) -> Note:
    """The removal that was cut off, or a new one: the account's rows may be gone already, and with them its handles."""
    for note in reach.unfinished_accounts.notes():
        if note.person.id == account_id:
            return note
    account = Person(account_id, handles_of(reach.connect, account_id))
    return Note(iso(begun), account, look_for_account(reach, account_id).places)


def look_for_account(reach: Reach, account_id: str) -> Search:
    """Say where an account is, and change nothing."""
    left = [Removed(place, len(infos), len(infos)) for place, infos in objects_of(reach.open_store(), account_id)]
    with reach.connect() as session:
        left += [Removed.of(cleaned) for cleaned in rows_of(session, account_id)]
    return Search(iso(datetime.now(UTC)), tuple(left))
