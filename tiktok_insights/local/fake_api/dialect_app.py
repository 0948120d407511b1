# ruff: noqa: SIM905  # a line of words reads better than a list of quoted ones
"""The APP dialect: rows with about a hundred snake_case keys, and pages.

Here: bodies as the field mapping describes them (one source, 2026-04). Not here: the other dialect. All
keys beyond the mapping are filler of the right size, because bandwidth is one of the API's limits.
"""

from typing import Any

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.avatars import avatar_uri, avatar_url
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.paging import Page
from tiktok_insights.local.fake_api.population import Person

_MS_PER_SECOND = 1_000
_AVATARS = {
    "avatar_larger": 1080,
    "avatar_medium": 720,
    "avatar_thumb": 100,
    "avatar_300x300": 300,
    "avatar_168x168": 168,
}
_HOSTS = ("p16-sign-fake", "p19-sign-fake", "p77-sign-fake")

_FLAGS_OFF = (
    "accept_private_policy accept_voice_share_off ad_virtual can_message_follow_status_off "
    "comment_filter_on enable_nearby_visible_off has_email has_facebook_token has_insights has_orders "
    "has_story has_twitter_token has_youtube_token hide_search hide_location is_ad_fake is_block "
    "is_blocked is_binded_weibo is_discipline_member is_effect_artist is_gov_media_vip is_mirror "
    "is_pro_account is_star is_phone_binded live_commerce live_verify_off mention_setting_off "
    "need_recommend_off post_default_download_setting prevent_download quick_shop_on recommend_off "
    "room_cover_on show_image_bubble shield_comment_notice_on shield_digg_notice_on "
    "shield_follow_notice_on show_effect_list_on show_relation_banner story_open user_canceled "
    "video_icon_virtual with_commerce_entry with_commerce_newbie with_dou_entry with_fusion_shop_entry "
    "with_item_commerce_entry with_new_goods with_shop_entry"
).split()
_ZEROS = (
    "account_type apple_account authority_status comment_setting commerce_user_level download_setting "
    "duet_setting favoriting_status follow_status follower_status fb_expire_time google_account_state "
    "live_agreement live_agreement_time mplatform_followers_count name_field_state react_setting "
    "reg_channel room_id school_type special_lock stitch_setting story_count story_status "
    "story_tab_state tw_expire_time twitter_state user_mode user_period user_rate verification_type "
    "watch_status youtube_expire_time"
).split()
_TEXTS = (
    "account_region bind_phone bio_email bio_phone bio_secure_url bio_url category college_name "
    "google_account ins_id language region school_name share_qrcode_uri short_id signature_language "
    "twitter_id twitter_name youtube_channel_id youtube_channel_title"
).split()
_LISTS = (
    "ad_cover_url can_set_geofencing cover_url events followers_detail geofencing homepage_bottom_toast "
    "item_list mutual_relation_avatars need_points platform_sync_info relative_users type_label "
    "user_tags white_cover_url"
).split()
_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(_FLAGS_OFF, False),
    **dict.fromkeys(_ZEROS, 0),
    **dict.fromkeys(_TEXTS, ""),
    **dict.fromkeys(_LISTS),
}


def page_body(page: Page, account: Account, *, at: int, read: int) -> dict[str, Any]:
    """Return the body of a list page."""
    rows = [_dummy_row() if person is None else person_row(person, account, at=at, read=read) for person in page.rows]
    body = {
        "extra": {"fatal_item_ids": [], "logid": f"{at}{read:08X}", "now": at * _MS_PER_SECOND},
        "followers": rows,
        "has_more": page.has_more,
        "hotsoon_has_more": 0,
        "hotsoon_text": "",
        "log_pb": {"impr_id": f"{at}{read:08X}"},
        "max_time": page.newest,
        "min_time": page.cursor,
        "myself_user_id": "",
        "offset": 0,
        "rec_has_more": False,
        "status_code": 0,
        "store_page": "",
        "total": page.total,
    }
    return {"data": body} if account.wrapped_in_data else body


def person_row(person: Person, account: Account, *, at: int, read: int) -> dict[str, Any]:
    """Return one row; its counts are exact unless the account serves rounded ones."""
    counts = person.counts if account.exact_counts else person.counts.distorted()
    avatars = {name: _picture(person.avatar_key, edge, at=at, read=read) for name, edge in _AVATARS.items()}
    return {
        **_CONSTANTS,
        **avatars,
        **_counts(counts),
        "custom_verify": "Verified account" if person.verified else "",
        "enterprise_verify_reason": "",
        "is_private_account": person.private,
        "nickname": person.nickname,
        "sec_uid": person.sec_uid,
        "secret": person.private,
        "signature": person.bio,
        "uid": person.tiktok_id,
        "unique_id": person.unique_id,
    }


def error_body(code: int, message: str) -> dict[str, Any]:
    """Return the body that refuses with HTTP 200: only the code tells."""
    return {"status_code": code, "status_msg": message}


def _counts(counts: Counts) -> dict[str, int]:
    """Name the counts as the APP dialect does."""
    return {
        "aweme_count": counts.videos,
        "favoriting_count": counts.diggs,
        "follower_count": counts.followers,
        "following_count": counts.following,
        "friends_count": counts.friends,
        "total_favorited": counts.hearts,
    }


def _picture(avatar_key: int, edge: int, *, at: int, read: int) -> dict[str, Any]:
    """Return a picture with its three addresses."""
    url = avatar_url(avatar_key, edge, at=at, read=read)
    return {
        "height": edge,
        "uri": avatar_uri(avatar_key),
        "url_list": [url.replace(_HOSTS[0], host, 1) for host in _HOSTS],
        "url_prefix": None,
        "width": edge,
    }


def _dummy_row() -> dict[str, Any]:
    """Return the row of nobody that lists contain now and then."""
    return {
        **_CONSTANTS,
        **_counts(Counts(0, 0, 0, 0, 0)),
        "custom_verify": "",
        "enterprise_verify_reason": "",
        "nickname": "",
        "sec_uid": "",
        "secret": False,
        "uid": "0",
        "unique_id": "",
    }
