"""An oracle in plain Python: what the tables must hold after some objects were loaded. Knows nothing of the package."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_COUNTS = ("followers_Count", "following_Count", "videoCount", "heartCount", "friends_Count", "diggCount")
_BOOLEANS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
#: Position of the time and of counts_exact in a typed row.
_EXTRACTED_AT, _COUNTS_EXACT = 12, 11

User = tuple[Any, ...]


@dataclass(frozen=True)
class Upload:
    """One version of an object: its place, and its rows as texts by CSV column."""

    key: str
    account: str
    rows: tuple[dict[str, str], ...]


def typed(texts: dict[str, str]) -> tuple[User | None, int]:
    """The row as TIKTOK_DATA has it (None when it is to be rejected), and its negative counts."""
    if not re.fullmatch("[0-9]{1,20}", texts["Tiktok_id"], re.ASCII) or texts["Tiktok_id"] == "0":
        return None, 0
    booleans = [texts[name] for name in ("Account_verified", "privateAccount", "counts_exact")]
    counts = [texts[name] for name in _COUNTS]
    if any(text and text.lower() not in _BOOLEANS for text in booleans):
        return None, 0
    if any(text and not re.fullmatch(r"-?[0-9]{1,38}(\.0)?", text, re.ASCII) for text in counts):
        return None, 0
    verified, private, exact = (_BOOLEANS.get(text.lower()) for text in booleans)
    numbers = [None if text == "" or text.startswith("-") else int(text.removesuffix(".0")) for text in counts]
    moment = datetime.strptime(texts["extracted_at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - as TIMESTAMP_NTZ is
    names = (texts["uniqueId"] or None, texts["nickname"] or None)
    user = (texts["Tiktok_id"], *names, verified, private, *numbers, exact, moment)
    return user, sum(text.startswith("-") for text in counts)


def newest(users: list[User]) -> User:
    """The row that wins: by time, exact counts, then every column; what is unknown loses."""

    def rank(user: User) -> list[tuple[bool, Any]]:
        in_order = (user[_EXTRACTED_AT], user[_COUNTS_EXACT], *user[1:_COUNTS_EXACT])
        return [(value is not None, 0 if value is None else value) for value in in_order]

    return max(users, key=rank)


def _by_id(users: list[User]) -> dict[str, list[User]]:
    grouped: dict[str, list[User]] = {}
    for user in users:
        grouped.setdefault(user[0], []).append(user)
    return grouped


def tables(uploads: list[Upload]) -> dict[str, list[tuple[Any, ...]]]:
    """The tables, sorted, when of each key the last upload counts; the ledger has its counts only."""
    users: list[User] = []
    followers, accounts, ledger = [], [], []
    for upload in {upload.key: upload for upload in uploads}.values():
        read = [typed(texts) for texts in upload.rows]
        good = _by_id([user for user, _ in read if user])
        staged = [newest(rows) for rows in good.values()]
        users += staged
        followers += [(upload.key, upload.account, upload.key, *user) for user in staged]
        accounts.append((upload.key, upload.account, upload.key, None, len(staged), None, None))
        rejected = sum(user is None for user, _ in read)
        duplicate = len(read) - rejected - len(staged)
        ledger.append((upload.key, "loaded", len(read), len(staged), duplicate, rejected))
    return {
        "TIKTOK_DATA": sorted((newest(rows) for rows in _by_id(users).values()), key=repr),
        "FOLLOWER_SNAPSHOTS": sorted(followers, key=repr),
        "ACCOUNT_SNAPSHOTS": sorted(accounts, key=repr),
        "LOAD_HISTORY": sorted(ledger, key=repr),
    }
