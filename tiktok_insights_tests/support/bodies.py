"""Bodies of the API in both dialects, written down from the captured responses; fields can be changed for a test."""

import json
from typing import Any

from tiktok_insights.tiktok import strict_json
from tiktok_insights.tiktok.dialects import read_account, read_page
from tiktok_insights.tiktok.models import Account, Page

JSON = dict[str, Any]

SEC_UID = "MS4wLjABAAAA" + "s" * 64


def web_row(tiktok_id: object = "7420366745511658502", **user: object) -> JSON:
    """Return a row of the WEB dialect with exact counts beside the rounded ones."""
    return {
        "stats": {
            "diggCount": 97900, "followerCount": 5472, "followingCount": 9230, "friendCount": 0, "heart": 211300,
            "heartCount": 211300, "videoCount": 9893,
        },
        "statsV2": {
            "diggCount": "97944", "followerCount": "5472", "followingCount": "9230", "friendCount": "0",
            "heart": "211339", "heartCount": "211339", "videoCount": "9893",
        },
        "user": {
            "id": tiktok_id, "uniqueId": "made.up", "nickname": "Made Up", "privateAccount": False, "verified": True,
            "avatarLarger": "https://x.example/1080", "avatarMedium": "https://x.example/720",
            "avatarThumb": "https://x.example/100", "secUid": SEC_UID, "signature": "a bio", **user,
        },
    }  # fmt: skip


def app_row(tiktok_id: object = "7420366745511658502", **fields: object) -> JSON:
    """Return a row of the APP dialect, with the mapped keys and one that is not."""
    return {
        "uid": tiktok_id, "unique_id": "made.up", "nickname": "Made Up", "sec_uid": SEC_UID, "secret": False,
        "is_private_account": False, "custom_verify": "", "enterprise_verify_reason": "", "aweme_count": 12,
        "follower_count": 34, "following_count": 56, "total_favorited": 78, "favoriting_count": 90,
        "avatar_larger": {"url_list": ["https://x.example/1080", "https://y.example/1080"]},
        "avatar_medium": {"url_list": ["https://x.example/720"]}, "avatar_thumb": {"url_list": []},
        "signature": "a bio", **fields,
    }  # fmt: skip


def web_page(*rows: object, more: object = False, cursor: object = 0, total: object = 1, **fields: object) -> JSON:
    """Return a page of the WEB dialect."""
    page = {"hasMore": more, "minCursor": cursor, "total": total, "statusCode": 0, "status_code": 0, "status_msg": ""}
    return {**page, "userList": list(rows), **fields}


def app_page(*rows: object, more: object = False, cursor: object = 0, total: object = 1, **fields: object) -> JSON:
    """Return a page of the APP dialect."""
    page = {"has_more": more, "min_time": cursor, "max_time": 1_777_593_600, "total": total, "status_code": 0}
    return {**page, "followers": list(rows), **fields}


def user_info(followers: object = "30", account_id: object = "6800000000000000001", **user: object) -> JSON:
    """Return the answer to who an account is."""
    return {
        "statusCode": 0,
        "userInfo": {
            "user": {"id": account_id, "secUid": SEC_UID, "uniqueId": "some.shop", **user},
            "stats": {"followerCount": 29},
            "statsV2": {"followerCount": followers},
        },
    }


def encoded(document: object) -> bytes:
    """Return a document as the API sends it: compact UTF-8; lone surrogates, which that cannot hold, as escapes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()


def parse_page(body: bytes) -> Page:
    """Parse a body as the page that it is."""
    return read_page(strict_json.loads(body))


def parse_account(body: bytes) -> Account:
    """Parse a body as the answer about an account."""
    return read_account(strict_json.loads(body))
