"""The fields that we know a response to have, and what it has besides, or lacks. Pure functions on JSON documents.

Known are the contract's fields, the others of the captured responses, and those that public captures of the app's user
object have. Knowing a field is not using it: raw pages keep everything, the contract says what is used.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tiktok_insights.schema import COLUMNS
from tiktok_insights.text.quoting import field_name
from tiktok_insights.tiktok.json_values import MISSING, value_at

_PAGE = "extra log_pb total statusCode status_code status_msg"
_WEB_PAGE = "hasMore minCursor maxCursor isTruncated"
_APP_PAGE = "has_more max_time min_time hotsoon_has_more hotsoon_text myself_user_id offset rec_has_more store_page"
_WEB_USER = (
    "commentSetting downloadSetting duetSetting ftc isADVirtual openFavorite relation secUid secret signature "
    "stitchSetting ttSeller"
)
_APP_ROW = (
    "accept_private_policy accept_voice_share_off account_region account_type ad_cover_url ad_virtual apple_account "
    "authority_status avatar_168x168 avatar_300x300 avatar_larger avatar_medium avatar_thumb bind_phone bio_email "
    "bio_phone bio_secure_url bio_url can_message_follow_status_off can_set_geofencing category college_name "
    "comment_filter_on comment_setting commerce_user_level cover_url download_setting duet_setting "
    "enable_nearby_visible_off events favoriting_status fb_expire_time follow_status follower_status "
    "followers_detail friends_count geofencing google_account google_account_state has_email has_facebook_token "
    "has_insights has_orders has_story has_twitter_token has_youtube_token hide_location hide_search "
    "homepage_bottom_toast ins_id is_ad_fake is_binded_weibo is_block is_blocked is_discipline_member "
    "is_effect_artist is_gov_media_vip is_mirror is_phone_binded is_pro_account is_star item_list language "
    "live_agreement live_agreement_time live_commerce live_verify_off mention_setting_off mplatform_followers_count "
    "mutual_relation_avatars name_field_state need_points need_recommend_off platform_sync_info "
    "post_default_download_setting prevent_download quick_shop_on react_setting recommend_off reg_channel region "
    "relative_users room_cover_on room_id school_name school_type sec_uid share_qrcode_uri shield_comment_notice_on "
    "shield_digg_notice_on shield_follow_notice_on short_id show_effect_list_on show_image_bubble "
    "show_relation_banner signature signature_language special_lock stitch_setting story_count story_open "
    "story_status story_tab_state tw_expire_time twitter_id twitter_name twitter_state type_label user_canceled "
    "user_mode user_period user_rate user_tags verification_type video_icon_virtual watch_status white_cover_url "
    "with_commerce_entry with_commerce_newbie with_dou_entry with_fusion_shop_entry with_item_commerce_entry "
    "with_new_goods with_shop_entry youtube_channel_id youtube_channel_title youtube_expire_time"
)

#: Where the rows of an answer stand: the two dialects' lists, and the one row that says who an account is.
_WEB_ROWS, _APP_ROWS, _PROFILE = "userList", "followers", "userInfo"
_ROWS = (_WEB_ROWS, _APP_ROWS, _PROFILE)
_CONTRACT_WEB = tuple(path for column in COLUMNS for path in column.web)
_CONTRACT_APP = tuple(path for column in COLUMNS for path in column.app)
#: What the walk needs of a page; without a total, it goes by the profile's.
_NEEDED = {_WEB_ROWS: ("hasMore", "minCursor", "total"), _APP_ROWS: ("has_more", "min_time", "total"), _PROFILE: ()}

_Tree = dict[str, Any]


def unknown_fields(document: Any) -> list[str]:
    """The dotted names of the fields that a response has and we do not know, sorted; of an unknown object its own only.

    A name appears once, in however many rows.
    """
    outer, inner = _documents(document)
    return sorted({*_unknown(outer, _TREE, ""), *_unknown(inner, _TREE, "")})


def missing_fields(document: Any) -> list[str]:
    """The dotted names of the contract's and the walk's fields that the page or one of its rows lacks, sorted.

    Of an object that is missing as a whole its own name only; placeholder rows (id 0) do not count.
    """
    _, document = _documents(document)
    missing: set[str] = set()
    for key in _ROWS:
        if key not in document:
            continue
        missing.update(name for name in _NEEDED[key] if name not in document)
        paths = _CONTRACT_APP if key == _APP_ROWS else _CONTRACT_WEB
        for row in _rows(document[key]):
            missing.update(f"{key}.{name}" for path in paths for name in _missing(row, path))
    return sorted(missing)


def is_wrapped(document: Any) -> bool:
    """Whether the response has its content inside `data`."""
    return bool(_documents(document)[0])


def _documents(document: Any) -> tuple[_Tree, _Tree]:
    """What is beside `data`, and the content itself; nothing is beside it where nothing is wrapped."""
    if not isinstance(document, dict):
        return {}, {}
    inner = document.get("data")
    if isinstance(inner, dict) and not any(key in document for key in _ROWS):
        return document, inner
    return {}, document


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, dict) and not any(value_at(row, path) in ("0", 0) for path in ("user.id", "uid")):
            yield row


def _missing(row: dict[str, Any], path: str) -> Iterator[str]:
    """The shortest beginning of the path that the row lacks; a place in a list may be empty."""
    steps = [step for step in path.split(".") if not step.isdecimal()]
    beginnings = (".".join(steps[: end + 1]) for end in range(len(steps)))
    yield from [name for name in beginnings if value_at(row, name) is MISSING][:1]


def _unknown(value: Any, known: _Tree, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for element in value:
            yield from _unknown(element, known, place)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in known:
                yield place + field_name(name)
            elif known[name]:
                yield from _unknown(inner, known[name], f"{place}{name}.")


def _tree(names: Iterable[str]) -> _Tree:
    """Names as a tree; what has nothing below it is known as a whole."""
    tree: _Tree = {}
    for name in names:
        branch = tree
        for step in name.split("."):
            branch = branch.setdefault(step, {})
    return tree


def _known() -> Iterator[str]:
    yield "data"
    yield from f"{_PAGE} {_WEB_PAGE} {_APP_PAGE}".split()
    for rows in (_WEB_ROWS, _PROFILE):
        yield from (f"{rows}.{path}" for path in _CONTRACT_WEB)
        yield from (f"{rows}.user.{name}" for name in _WEB_USER.split())
        yield from (f"{rows}.stats.heart", f"{rows}.statsV2.heart")
    # The pictures are objects of many fields, which are known as a whole.
    yield from (f"{_APP_ROWS}.{name}" for name in (*_APP_ROW.split(), *_CONTRACT_APP) if "." not in name)


_TREE = _tree(_known())
