"""The WEB dialect: rows, pages, and the answer to who a user is.

Here: camelCase bodies as captured in 2025. Not here: the other dialect. Every function is pure; `read`
numbers the read, which only the avatars' signatures depend on.
"""

from typing import Any

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.avatars import SIZES, avatar_url
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.paging import Page
from tiktok_insights.local.fake_api.population import Person
from tiktok_insights.local.fake_api.seeding import mix

_MS_PER_SECOND = 1_000


def page_body(page: Page, account: Account, *, at: int, read: int) -> dict[str, Any]:
    """Return the body of a list page."""
    rows = [_dummy_row() if person is None else person_row(person, account, at=at, read=read) for person in page.rows]
    body = {
        "extra": _extra(at, read),
        "hasMore": page.has_more,
        "isTruncated": False,
        "log_pb": {"impr_id": f"{mix(read, at):032X}"},
        "maxCursor": page.newest,
        "minCursor": page.cursor,
        "statusCode": 0,
        "status_code": 0,
        "status_msg": "",
        "total": page.total,
        "userList": rows,
    }
    return {"data": body} if account.wrapped_in_data else body


def person_row(person: Person, account: Account, *, at: int, read: int) -> dict[str, Any]:
    """Return one row: rounded `stats`, exact `statsV2` if the account serves it, `user`."""
    row: dict[str, Any] = {"stats": _stats(person.counts.distorted())}
    if account.exact_counts:
        row["statsV2"] = {name: str(value) for name, value in _stats(person.counts).items()}
    row["user"] = {
        **{name: avatar_url(person.avatar_key, edge, at=at, read=read) for name, edge in SIZES.items()},
        "commentSetting": 0,
        "downloadSetting": 3 if person.private else 0,
        "duetSetting": 0,
        "ftc": False,
        "id": person.tiktok_id,
        "isADVirtual": False,
        "nickname": person.nickname,
        "openFavorite": False,
        "privateAccount": person.private,
        "relation": 0,
        "secUid": person.sec_uid,
        "secret": person.private,
        "signature": person.bio,
        "stitchSetting": 0,
        "ttSeller": False,
        "uniqueId": person.unique_id,
        "verified": person.verified,
    }
    return row


def user_info_body(person: Person, account: Account, *, at: int, read: int) -> dict[str, Any]:
    """Return the body of `/api/user/info` for an account, given as the person that it is."""
    return {
        "extra": _extra(at, read),
        "statusCode": 0,
        "status_code": 0,
        "status_msg": "",
        "userInfo": person_row(person, account, at=at, read=read),
    }


def error_body(code: int, message: str, *, at: int, read: int) -> dict[str, Any]:
    """Return the body that refuses with HTTP 200: only the code tells."""
    return {"extra": _extra(at, read), "statusCode": code, "status_code": code, "status_msg": message}


def _stats(counts: Counts) -> dict[str, int]:
    """Name the counts as the WEB dialect does; hearts stand there twice."""
    return {
        "diggCount": counts.diggs,
        "followerCount": counts.followers,
        "followingCount": counts.following,
        "friendCount": counts.friends,
        "heart": counts.hearts,
        "heartCount": counts.hearts,
        "videoCount": counts.videos,
    }


def _dummy_row() -> dict[str, Any]:
    """Return the row of nobody that lists contain now and then (captured response)."""
    user = {
        "id": "0",
        "nickname": "",
        "privateAccount": False,
        "secUid": "",
        "signature": "",
        "uniqueId": "",
        "verified": False,
    }
    return {"stats": _stats(Counts(0, 0, 0, 0, 0)), "user": {**dict.fromkeys(SIZES, ""), **user}}


def _extra(at: int, read: int) -> dict[str, Any]:
    """Return what every body carries: the server's time in milliseconds and a log id."""
    return {"fatal_item_ids": [], "logid": f"{at}{mix(at, read):016X}", "now": at * _MS_PER_SECOND}
