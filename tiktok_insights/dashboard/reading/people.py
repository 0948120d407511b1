"""Reads who is on each account's list, and what is unusual about these users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import TOP
from tiktok_insights.dashboard.facts.people import (
    Care,
    Cell,
    Group,
    HeartsOfName,
    NewFollower,
    Person,
    Ranked,
    Signs,
    Total,
    Who,
)
from tiktok_insights.dashboard.reading.shares import group
from tiktok_insights.dashboard.reading.statements import Statements, real
from tiktok_insights.insights.thresholds import VALUES

_PRIVACY = {"PUBLIC_USERS": "public", "PRIVATE_USERS": "private", "UNKNOWN_PRIVACY": "unknown"}
_VERIFICATION = {
    "VERIFIED_USERS": "verified",
    "NOT_VERIFIED_USERS": "not verified",
    "UNKNOWN_VERIFICATION": "unknown",
}
_TIERS = {
    "UNDER_NANO": f"under {VALUES['nano']:,}",
    **{name.upper(): name for name in ("nano", "micro", "mid", "macro", "mega")},
}
NOT_SERVED = "not served"
CANNOT_SAY = "cannot say"
_CLASSES = ("none", "one", "several", CANNOT_SAY)
_SIGNS = (
    "default handle", "follows many more", "never liked", "young when joined", "same age", "at the follow limit",
)  # fmt: skip
NO_LIST = "There is no list to draw the map from."
NO_PLACES = "The list does not say in which order its users joined, or their IDs do not say when they were created."
IDS_DO_NOT_SAY = "Too many accounts seem to be younger than their follow, so IDs no longer say when they were created."


@dataclass(frozen=True, slots=True)
class People:
    """What is known of the listed users of all accounts, by account."""

    listed: Mapping[str, NamedRow]
    _rows: Mapping[str, Mapping[str, Sequence[NamedRow]]]

    @staticmethod
    def read(ask: Statements) -> "People":
        """Read the listed users of each account."""
        names = ("most", "hearts", "bands", "new_followers", "signs", "activity", "map")
        listed = {account: row for account, (row,) in ask.by_account("listed").items()}
        return People(listed, {name: ask.by_account(name) for name in names})

    def _of(self, name: str, account: str) -> Sequence[NamedRow]:
        return self._rows[name].get(account, ())

    def who(self, account: str, *, is_too_little: bool) -> Who:
        """Who is on the account's list."""
        listed, most, new = self.listed.get(account, {}), self._of("most", account), self._of("new_followers", account)
        users, served = listed.get("USERS", 0), listed.get("USERS", 0) - listed.get("NOT_SERVED", 0)

        def groups(names: Mapping[str, str], known: int) -> tuple[Group, ...]:
            return tuple(
                group(name, listed.get(column, 0), known, is_too_little=is_too_little) for column, name in names.items()
            )

        not_served = group(NOT_SERVED, users - served, users, is_too_little=is_too_little)
        return Who(
            users=users,
            followers=_total(listed, "FOLLOWERS", "FOLLOWERS_USERS"),
            following=_total(listed, "FOLLOWING_COUNT", "FOLLOWING_USERS"),
            hearts=_total(listed, "HEARTS", "HEARTS_USERS"),
            privacy=groups(_PRIVACY, users),
            verification=groups(_VERIFICATION, users),
            most_followed=_ranked(most, "FOLLOWERS"),
            follow_most=_ranked(most, "FOLLOWING_COUNT"),
            most_hearts=tuple(
                HeartsOfName(row["NICK_NAME"], row["USERS"], row["HEARTS"]) for row in self._of("hearts", account)
            ),
            most_videos=_ranked(most, "VIDEOS"),
            tiers=(*groups(_TIERS, served), not_served),
            bands=_bands(self._of("bands", account), is_too_little=is_too_little),
            notable=next((row["USERS_NOTABLE"] for row in new), 0),
            new=tuple(_new_follower(row) for row in new if row["TIKTOK_ID"] is not None),
            new_users=next((row["USERS_NEW"] for row in new), 0),
        )

    def care(self, account: str) -> Care:
        """What is unusual about them."""
        everyone, joined_28, joined_90 = (
            _signs([row for row in self._of("signs", account) if row["DAYS"] == days])
            for days in (0, VALUES["recent_days"], VALUES["longer_days"])
        )
        activity = next(iter(self._of("activity", account)), {})
        cells, reason = _map(self._of("map", account))
        return Care(
            everyone=everyone,
            joined_28=joined_28,
            joined_90=joined_90,
            considered=activity.get("USERS_CONSIDERED", 0),
            without_activity=activity.get("USERS_WITHOUT_ACTIVITY", 0),
            share_without_activity=real(activity.get("SHARE_WITHOUT_ACTIVITY")),
            map=cells,
            map_reason=reason,
        )


def _total(listed: NamedRow, name: str, users: str) -> Total:
    return Total(listed.get(name, 0), listed.get(users, 0))


def _person(row: NamedRow) -> Person:
    return Person(row["TIKTOK_ID"], row["USER_NAME"], row["NICK_NAME"])


def _ranked(rows: Sequence[NamedRow], name: str) -> tuple[Ranked, ...]:
    """The users with the most of something; nobody who has none of it."""
    placed = sorted(
        (row for row in rows if row[f"{name}_PLACE"] <= TOP and row[name]), key=lambda row: row[f"{name}_PLACE"]
    )
    return tuple(Ranked(_person(row), row[name]) for row in placed)


def _bands(rows: Sequence[NamedRow], *, is_too_little: bool) -> tuple[Group, ...]:
    users = sum(row["USERS"] for row in rows)
    return tuple(
        group(
            row["BAND"],
            row["USERS"],
            users if row["AT_LEAST"] is None else row["USERS_SERVED"],
            is_too_little=is_too_little,
        )
        for row in rows
    )


def _new_follower(row: NamedRow) -> NewFollower:
    return NewFollower(
        _person(row), row["FOLLOWERS"], row["FOLLOWING_COUNT"], row["HEARTS"], row["VIDEOS"], row["WAS_SEEN_BEFORE"]
    )


def _signs(rows: Sequence[NamedRow]) -> Signs:
    by_name = {row["NAME"]: row for row in rows}

    def groups(names: Sequence[str]) -> tuple[Group, ...]:
        return tuple(
            Group(name, row.get("USERS", 0), row.get("USERS_KNOWN", 0), real(row.get("SHARE")))
            for name in names
            for row in (by_name.get(name, {}),)
        )

    return Signs(by_name.get(CANNOT_SAY, {}).get("USERS_KNOWN", 0), groups(_CLASSES), groups(_SIGNS))


def _map(rows: Sequence[NamedRow]) -> tuple[tuple[Cell, ...], str | None]:
    cells = tuple(
        Cell(row["JOINED_CELL"], row["CREATED_CELL"], row["USERS"], row["FIRST_CREATED_AT"])
        for row in rows
        if row["JOINED_CELL"] is not None
    )
    if cells:
        return cells, None
    if not rows or not any(row["USERS"] for row in rows):
        return (), NO_LIST
    return (), NO_PLACES if rows[0]["IS_SHOWN"] else IDS_DO_NOT_SAY
