"""Pseudonyms: no name, handle or ID is left, numbers are, and the same key gives the same names."""

import os
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from tiktok_insights.dashboard.facts.account import Facts
from tiktok_insights.dashboard.pseudonyms import Pseudonyms, read_key
from tiktok_insights.dashboard.view.render import render
from tiktok_insights_tests.dashboard.support_facts import cut_account, facts, hidden_account, whole_account

#: Names that occur nowhere else, so that finding one of them is a leak.
REASON = "the list of @north.kiln ended early"
SECRETS = re.compile(r"north\.kiln|mila\.draws|harbor\.run|90010\d|[Zz]zyx|moss_|nickname-of|nick of")


def named_facts() -> Facts:
    """Facts whose every text that names somebody can be recognized."""
    account = cut_account("north.kiln", "900101")
    newest = account.coverage.newest
    assert newest is not None
    coverage = replace(account.coverage, newest=replace(newest, reason=REASON))
    snapshots = tuple(replace(snapshot, reason=REASON) for snapshot in account.snapshots)
    account = replace(account, coverage=coverage, snapshots=snapshots)
    return facts(account, whole_account("mila.draws", "900102"), hidden_account("harbor.run.club", "900103"))


def texts(value: object) -> Iterator[str]:
    """Every text in a tree of dataclasses, tuples and mappings."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)


def people(shown: Facts) -> list[tuple[str, str | None, str | None]]:
    """All people in the facts."""
    return [
        (one.person.tiktok_id, one.person.user_name, one.person.nick_name)
        for account in shown.accounts
        for ranked in (account.who.most_followed, account.who.follow_most, account.who.most_videos, account.who.new)
        for one in ranked
    ]


def test_no_name_is_left_in_the_facts_or_in_the_file() -> None:
    """No handle, nickname or ID of an account or a follower, and no reason that may quote one."""
    plain = named_facts()
    names = {name for person in people(plain) for name in person if name} | {
        of_name.nick_name for account in plain.accounts for of_name in account.who.most_hearts if of_name.nick_name
    }
    shown = Pseudonyms(b"key").facts(plain)
    left = set(texts(shown))
    assert not names & left
    assert not [text for text in left if SECRETS.search(text)]
    page = render(shown)
    assert not SECRETS.search(page)
    assert not [name for name in names if len(name) > 5 and name in page]


def test_numbers_stay_as_they_are() -> None:
    """Only names differ: with all names removed, both are equal."""

    def anonymous(value: object) -> object:
        if isinstance(value, str):
            return "name"
        if is_dataclass(value):
            return [
                anonymous(getattr(value, field.name)) for field in fields(value)
                if field.name not in ("nick_name", "user_name", "reason")
            ]  # fmt: skip
        if isinstance(value, tuple):
            return [anonymous(item) for item in value]
        return {key: anonymous(item) for key, item in value.items()} if isinstance(value, dict) else value

    plain = named_facts()
    assert anonymous(Pseudonyms(b"key").facts(plain)) == anonymous(plain)


def test_the_same_key_gives_the_same_names_and_another_key_others() -> None:
    """Two files can be compared only by those who made both with one key."""
    plain = named_facts()
    first, again, other = (people(Pseudonyms(key).facts(plain)) for key in (b"key", b"key", b"other"))
    assert first == again
    assert not {name for name, _, _ in first} & {name for name, _, _ in other}
    assert Pseudonyms(b"key").fingerprint == Pseudonyms(b"key").fingerprint != Pseudonyms(b"other").fingerprint


def test_different_users_stay_different_and_one_user_is_the_same_in_all_lists() -> None:
    """As many people are in the lists as before."""
    plain = named_facts()
    shown = people(Pseudonyms(b"key").facts(plain))
    pairs = {(before, after) for (before, _, _), (after, _, _) in zip(people(plain), shown, strict=True)}
    assert len(pairs) == len({before for before, _ in pairs}) == len({after for _, after in pairs}) > 1


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """It lasts, nobody else may read it, and one that is set comes first."""
    home = tmp_path / "home"
    key = read_key("", home)
    assert len(key) == 64
    assert read_key("", home) == key != read_key("", tmp_path / "other")
    assert (home / "pseudonym_key").stat().st_mode & 0o077 == 0
    assert read_key("set", home) == b"set"


def test_a_key_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Never an empty key: everybody could compute such names."""
    (tmp_path / "pseudonym_key").mkdir()
    with pytest.raises(OSError, match="pseudonym_key"):
        read_key("", tmp_path)
    os.rmdir(tmp_path / "pseudonym_key")  # noqa: PTH106  # the plain call
