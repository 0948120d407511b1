"""Pseudonyms: the same facts with made-up names, so that the file may go to people who must not see who follows.

A pseudonym is a keyed hash (HMAC-SHA256) of an ID or a name: the same user has the same one in each file made with the
same key, and without the key nobody can compute which user it is. Numbers stay as they are. Whether pseudonyms are used
belongs in the settings.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import replace
from pathlib import Path

from tiktok_insights.dashboard.facts.account import Account, Facts, Shared
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot
from tiktok_insights.dashboard.facts.people import HeartsOfName, NewFollower, Person, Ranked, Who

#: 40 bits: two of the thousand people in a file share a pseudonym once in a million files.
_LETTERS = 8


class Pseudonyms:
    """The pseudonyms under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def facts(self, facts: Facts) -> Facts:
        """Give the facts without any name, handle or ID of an account or a user."""
        return replace(
            facts,
            accounts=tuple(self._account(account) for account in facts.accounts),
            shared=tuple(self._shared(shared) for shared in facts.shared),
        )

    @property
    def fingerprint(self) -> str:
        """A text that is another one under another key."""
        return self._code("key", "")

    def _code(self, kind: str, text: str) -> str:
        digest = hmac.digest(self._key, f"{kind}\n{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return base64.b32encode(digest).decode()[:_LETTERS].lower()

    def _account_name(self, account_id: str) -> str:
        return f"account-{self._code('account', account_id)}"

    def _account(self, account: Account) -> Account:
        name = self._account_name(account.account_id)
        return replace(
            account,
            account_id=name,
            handle=name,
            coverage=_without_reasons(account.coverage),
            who=self._who(account.who),
            snapshots=tuple(map(_without_reason, account.snapshots)),
        )

    def _shared(self, shared: Shared) -> Shared:
        first, second = self._account_name(shared.account_id), self._account_name(shared.other_account_id)
        return replace(shared, account_id=first, other_account_id=second)

    def _who(self, who: Who) -> Who:
        return replace(
            who,
            most_followed=self._ranked(who.most_followed),
            follow_most=self._ranked(who.follow_most),
            most_hearts=tuple(self._name(of_name) for of_name in who.most_hearts),
            most_videos=self._ranked(who.most_videos),
            new=tuple(self._new(follower) for follower in who.new),
        )

    def _ranked(self, people: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
        return tuple(replace(ranked, person=self._person(ranked.person)) for ranked in people)

    def _new(self, follower: NewFollower) -> NewFollower:
        return replace(follower, person=self._person(follower.person))

    def _person(self, person: Person) -> Person:
        name = f"follower-{self._code('user', person.tiktok_id)}"
        return Person(tiktok_id=name, user_name=name, nick_name=None)

    def _name(self, of_name: HeartsOfName) -> HeartsOfName:
        if of_name.nick_name is None:
            return of_name
        return replace(of_name, nick_name=f"name-{self._code('name', of_name.nick_name)}")


def read_key(given: str, home: Path) -> bytes:
    """Give the key: the one that is set, or this machine's own, which is made when it is first needed.

    The file is for its owner alone. Raises OSError if it cannot be made or read.
    """
    if given:
        return given.encode()
    path = home / "pseudonym_key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _without_reasons(coverage: Coverage) -> Coverage:
    newest, last_list = coverage.newest, coverage.last_list
    return replace(
        coverage,
        newest=newest and _without_reason(newest),
        last_list=last_list and _without_reason(last_list),
    )


def _without_reason(snapshot: Snapshot) -> Snapshot:
    """A reason is free text, and may name the account."""
    return replace(snapshot, reason=None)
