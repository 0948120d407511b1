"""From bodies to pages and accounts: good ones, odd ones, and those that must not be believed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok.errors import (
    AccountError,
    SchemaDriftError,
    TransientError,
    UnreadableBodyError,
)
from tiktok_insights.tiktok.models import Account, Follower
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import (
    JSON,
    SEC_UID,
    app_page,
    app_row,
    encoded,
    parse_account,
    parse_page,
    user_info,
    web_page,
    web_row,
)
from tiktok_insights_tests.support.troubleshooting import Told, told

LARGE_IDS = [
    "9007199254740993", "7420366745511658149", "7420366745511658150", "9223372036854775807", "9223372036854775809",
    "18446744073709551615",
]  # fmt: skip


def only_follower(document: JSON) -> Follower:
    """Return the one follower of a page that has nothing else."""
    page = parse_page(encoded(document))
    assert (len(page.followers), page.rejected, page.dummies) == (1, (), 0)
    return page.followers[0]


def only_reason(document: JSON) -> str:
    """Return why the one row of a page was rejected."""
    page = parse_page(encoded(document))
    assert page.followers == ()
    return page.rejected[0].reason


def test_a_web_row_gives_exact_counts_and_texts() -> None:
    """From statsV2, not from the rounded stats."""
    assert only_follower(web_page(web_row())) == Follower(
        tiktok_id="7420366745511658502", unique_id="made.up", nickname="Made Up",
        avatar_larger="https://x.example/1080", avatar_medium="https://x.example/720",
        avatar_thumb="https://x.example/100", account_verified="true", private_account="false",
        followers_count="5472", following_count="9230", video_count="9893", heart_count="211339", friends_count="0",
        digg_count="97944", counts_exact="true",
    )  # fmt: skip


def test_an_app_row_gives_the_same_columns() -> None:
    """By the mapping; that dialect has no exact numbers, and its list of addresses may be empty."""
    assert only_follower(app_page(app_row())) == Follower(
        tiktok_id="7420366745511658502", unique_id="made.up", nickname="Made Up",
        avatar_larger="https://x.example/1080", avatar_medium="https://x.example/720", avatar_thumb="",
        account_verified="false", private_account="false", followers_count="34", following_count="56",
        video_count="12", heart_count="78", friends_count="", digg_count="90", counts_exact="false",
    )  # fmt: skip


@pytest.mark.parametrize("tiktok_id", [*LARGE_IDS, "1", "6718"])
@pytest.mark.parametrize("spelling", [str, int])
def test_an_id_stays_exact_text_in_both_dialects(tiktok_id: str, spelling: type) -> None:
    """As a JSON string or as an integer token, also beyond 2^53 and 2^63."""
    assert only_follower(web_page(web_row(spelling(tiktok_id)))).tiktok_id == tiktok_id
    assert only_follower(app_page(app_row(spelling(tiktok_id)))).tiktok_id == tiktok_id


@pytest.mark.parametrize("token", ["7.42e+18", "7420366745511658502.0", "7E3", "null", "true", "[1]", '{"a":1}'])
@pytest.mark.parametrize(("row", "field"), [(web_row("ID"), "user.id"), (app_row("ID"), "uid")])
def test_an_id_that_is_no_integer_rejects_its_row_with_its_place(row: JSON, field: str, token: str) -> None:
    """A float has lost digits already; the other rows of the page stay."""
    page = web_page(web_row("11"), row, web_row("12")) if field == "user.id" else app_page(app_row("11"), row)
    parsed = parse_page(encoded(page).replace(b'"ID"', token.encode()))
    assert [row.tiktok_id for row in parsed.followers] == ["11", "12"][: len(parsed.followers)]
    assert [row.position for row in parsed.rejected] == [1]
    assert parsed.rejected[0].reason.startswith(field)
    assert "made.up" in parsed.rejected[0].raw


def test_neighbouring_ids_stay_two_users() -> None:
    """A float would make one of them."""
    rows = parse_page(encoded(web_page(web_row(7420366745511658149), web_row(7420366745511658150)))).followers
    assert [row.tiktok_id for row in rows] == ["7420366745511658149", "7420366745511658150"]


@pytest.mark.parametrize("dummy_id", ["0", 0])
def test_placeholder_rows_are_dropped_and_counted(dummy_id: object) -> None:
    """They stand for nobody."""
    web = parse_page(encoded(web_page(web_row(dummy_id, uniqueId=""), web_row("12"), web_row(dummy_id, uniqueId=""))))
    app = parse_page(encoded(app_page(app_row(dummy_id, unique_id=""))))
    assert ([row.tiktok_id for row in web.followers], web.dummies, web.rejected) == (["12"], 2, ())
    assert (app.followers, app.dummies, app.rejected) == ((), 1, ())


def test_a_null_nickname_is_an_empty_one() -> None:
    """Nobody has to have a name."""
    assert only_follower(web_page(web_row(nickname=None))).nickname == ""
    assert only_follower(app_page(app_row(nickname=None))).nickname == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"uniqueId": None}, "user.uniqueId is missing"),
        ({"uniqueId": 12}, "user.uniqueId is 12, not a valid text"),
        ({"nickname": ["a"]}, 'user.nickname is ["a"], not a valid text'),
        ({"verified": {"a": 1}}, 'user.verified is {"a": 1}, not a valid boolean'),
        ({"privateAccount": []}, "user.privateAccount is [], not a valid boolean"),
    ],
)
def test_a_retyped_field_rejects_the_row_and_is_named(changes: JSON, reason: str) -> None:
    """The reason says which field and what stood there."""
    assert only_reason(web_page(web_row(**changes))) == reason


@pytest.mark.parametrize("row", ["a text", 12, None, ["id"], True])
def test_a_row_that_is_no_object_is_rejected(row: object) -> None:
    """Its JSON is kept as evidence."""
    rejected = parse_page(encoded(web_page(row))).rejected[0]
    assert "an object was expected" in rejected.reason
    assert json.loads(rejected.raw) == row


def test_unknown_fields_change_nothing() -> None:
    """The API adds some now and then; raw keeps them."""
    row = web_row("12", brandNew={"a": 1})
    assert only_follower(web_page({**row, "more": 1}, alsoNew=[1])) == only_follower(web_page(web_row("12")))


def test_without_statsv2_the_counts_are_marked_as_not_exact() -> None:
    """They are rounded, or wrapped to int32; a wrapped one stays visible as what it is."""
    row = web_row()
    del row["statsV2"]
    row["stats"]["heartCount"] = -977433948
    follower = only_follower(web_page(row))
    assert (follower.digg_count, follower.heart_count, follower.counts_exact) == ("97900", "-977433948", "false")


@pytest.mark.parametrize("exact", [{}, None, [], {"heartCount": "211339"}])
def test_a_statsv2_with_gaps_is_not_exact(exact: object) -> None:
    """What it lacks comes from the rounded stats."""
    follower = only_follower(web_page({**web_row(), "statsV2": exact}))
    assert (follower.digg_count, follower.counts_exact) == ("97900", "false")


def test_a_null_in_statsv2_is_a_gap() -> None:
    """The rounded number in its place must not pass for an exact one."""
    row = web_row()
    row["statsV2"]["diggCount"] = None
    follower = only_follower(web_page(row))
    assert (follower.digg_count, follower.heart_count, follower.counts_exact) == ("97900", "211339", "false")


def test_a_row_without_any_counts_is_rejected() -> None:
    """Both objects gone or renamed is another shape; loading it would wipe the counts out of the warehouse."""
    row = web_row()
    del row["stats"], row["statsV2"]
    assert "followerCount and all other counts are missing" in only_reason(web_page(row))


def test_a_row_of_the_other_dialect_is_rejected() -> None:
    """An APP row in a WEB list has none of its fields."""
    assert only_reason(web_page(app_row())) == "user.id is missing"


@pytest.mark.parametrize(
    ("count", "text"), [("11907467940", "11907467940"), (12, "12"), (-1, "-1"), ("12k", "12k"), (None, "97900")]
)
def test_a_count_is_passed_on_as_it_stands(count: object, text: str) -> None:
    """Whether it is a value is judged once, in staging; null falls back to stats."""
    row = web_row()
    row["statsV2"]["diggCount"] = count
    assert only_follower(web_page(row)).digg_count == text


def test_a_count_with_an_exponent_keeps_its_spelling() -> None:
    """So that staging can reject it instead of loading a bent number."""
    body = encoded(web_page(web_row())).replace(b'"97944"', b"7.42e+18")
    assert parse_page(body).followers[0].digg_count == "7.42e+18"


@pytest.mark.parametrize(
    ("fields", "private", "verified"),
    [
        ({"secret": True}, "true", "false"), ({"is_private_account": True}, "true", "false"),
        ({"secret": 1}, "true", "false"), ({"secret": 0}, "false", "false"),
        ({"custom_verify": "Verified account"}, "false", "true"),
        ({"enterprise_verify_reason": "shop"}, "false", "true"),
        ({"custom_verify": None, "enterprise_verify_reason": None, "secret": None}, "false", ""),
    ],
)  # fmt: skip
def test_two_app_fields_stand_for_one_fact(fields: JSON, private: str, verified: str) -> None:
    """Either of them makes it true."""
    follower = only_follower(app_page(app_row(**fields)))
    assert (follower.private_account, follower.account_verified) == (private, verified)


@pytest.mark.parametrize("wrap", [False, True], ids=["bare", "in data"])
@pytest.mark.parametrize(("make", "dialect"), [(web_page, "web"), (app_page, "app")])
def test_a_page_is_found_bare_or_inside_data(make: object, dialect: str, wrap: bool) -> None:
    """In either dialect."""
    rows = [web_row()] if dialect == "web" else [app_row()]
    document = make(*rows, more=True, cursor=1_761_000_000, total=9_483)  # type: ignore[operator]
    page = parse_page(encoded({"data": document, "message": "ok"} if wrap else document))
    assert (page.dialect, len(page.followers)) == (dialect, 1)
    assert (page.has_more, page.next_cursor, page.total) == (True, 1_761_000_000, 9_483)


def test_a_web_page_with_a_field_of_the_other_dialect_stays_a_web_page() -> None:
    """The list that is there decides; a stray has_more must not make it a hidden list."""
    page = parse_page(encoded(web_page(web_row(), more=True, cursor=5, has_more=False, min_time=9)))
    assert (page.dialect, len(page.followers), page.has_more, page.next_cursor) == ("web", 1, True, 5)
    assert parse_page(encoded(web_page(web_row(), followers=None, has_more=True))).dialect == "web"


def test_an_app_page_with_a_field_of_the_other_dialect_stays_an_app_page() -> None:
    """And the other way round."""
    page = parse_page(encoded(app_page(app_row(), more=True, cursor=5, hasMore=False, userList=None)))
    assert (page.dialect, len(page.followers), page.has_more, page.next_cursor) == ("app", 1, True, 5)


@pytest.mark.parametrize("cursor", [-1, 0, None, "-1", "0", -7], ids=repr)
def test_no_place_to_go_on_is_no_cursor(cursor: object) -> None:
    """The API says it in several ways."""
    assert parse_page(encoded(web_page(web_row(), more=True, cursor=cursor))).next_cursor is None
    assert parse_page(encoded(app_page(app_row(), more=True, cursor=cursor))).next_cursor is None


def test_an_absent_cursor_is_no_cursor() -> None:
    """The key may be missing too."""
    document = web_page(web_row(), more=True)
    del document["minCursor"]
    assert parse_page(encoded(document)).next_cursor is None


def test_a_cursor_may_be_a_text() -> None:
    """Of unix seconds."""
    assert parse_page(encoded(web_page(web_row(), more=True, cursor="1761000000"))).next_cursor == 1_761_000_000


@pytest.mark.parametrize("token", ['"abc"', "1.5", "1e9", "[1]", "true", '"--5"', '"-"', '""', '"' + "9" * 5_000 + '"'])
def test_a_cursor_of_another_type_fails_closed(token: str) -> None:
    """Following it would lose pages without a word."""
    body = encoded(web_page(web_row(), more=True, cursor="CURSOR")).replace(b'"CURSOR"', token.encode())
    with told("<field> is <value>, but Unix seconds", "minCursor"):
        parse_page(body)


@pytest.mark.parametrize(
    ("total", "number"), [(7, 7), ("7", 7), (None, None), ("--7", None), ("x", None), (True, None)]
)
def test_a_total_that_is_no_number_is_unknown(total: object, number: int | None) -> None:
    """It only says how long the list claims to be."""
    assert parse_page(encoded(web_page(web_row(), total=total))).total == number


@pytest.mark.parametrize(
    "document",
    [
        {"hasMore": False, "minCursor": -1, "statusCode": 0},
        {"hasMore": False, "minCursor": -1, "statusCode": 0, "userList": None},
        {"has_more": False, "min_time": 0, "status_code": 0},
        {"data": {"hasMore": False, "minCursor": -1, "userList": None}},
        {"statusCode": 3002060, "status_msg": "list hidden"},
    ],
)
def test_a_hidden_list_is_an_outcome_and_not_nobody(document: JSON) -> None:
    """Absent or null is not the same as empty."""
    with pytest.raises(AccountError) as raised:
        parse_page(encoded(document))
    assert raised.value.outcome is Outcome.HIDDEN


@pytest.mark.parametrize(
    "document",
    [
        {"hasMore": True, "minCursor": 900, "statusCode": 0},
        {"hasMore": True, "minCursor": 900, "statusCode": 0, "userList": None},
        {"data": {"has_more": True, "min_time": 900, "followers": None}},
    ],
)
def test_a_page_without_its_list_that_promises_more_is_a_hiccup(document: JSON) -> None:
    """Whoever hides a list promises nothing; so it is asked for again, and never final."""
    with told("The response has no list, although"):
        parse_page(encoded(document))


def test_an_empty_list_is_a_page() -> None:
    """Whether it can be true is the walk's question."""
    page = parse_page(encoded(web_page(total=0)))
    assert (page.followers, page.has_more, page.total) == ((), False, 0)


@pytest.mark.parametrize(
    "document",
    [
        [], "text", 12, {"users": []}, {"statusCode": 0, "data": [1]}, {"data": {"users": []}}, {"message": "hello"},
        web_page(more="yes"), web_page(more=None), {"userList": [], "minCursor": 0}, {"userList": {}, "hasMore": False},
        {"statusCode": 999, "userList": [], "hasMore": False},
    ],
    ids=str,
)  # fmt: skip
def test_a_shape_that_we_do_not_know_fails_closed(document: object) -> None:
    """Nothing of it becomes a page, and it is never "0 followers"."""
    with pytest.raises(SchemaDriftError):
        parse_page(encoded(document))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], told("The response is a JSON <type>, but")),
        ({"users": []}, told("The response has neither userList nor followers")),
        (web_page(more="yes"), told("<field> is a <type> and <field> is <value>")),
        ({"hasMore": False, "minCursor": 0}, told("The account hides its follower list")),
    ],
    ids=["no object", "no list", "types", "hidden"],
)
def test_what_is_wrong_with_an_answer_is_told(document: object, expected: Told) -> None:
    """Each in its own words."""
    with expected:
        parse_page(encoded(document))


def test_an_account_whose_id_is_no_id_is_told() -> None:
    """It would name folders."""
    with told("The account's ID is <text>, but must be", "'../…'"):
        parse_account(encoded(user_info(account_id="../x")))


def test_a_code_inside_data_is_read() -> None:
    """Wrapped or not, an error is one."""
    with pytest.raises(TransientError):
        parse_page(encoded({"data": {"status_code": 4}}))


def test_half_a_page_is_never_parsed() -> None:
    """A body that breaks off after whole rows still counts for nothing."""
    body = encoded(web_page(web_row("11"), web_row("12")))
    with pytest.raises(UnreadableBodyError):
        parse_page(body[:-20])


def test_an_account_is_read_with_its_exact_total() -> None:
    """statsV2 first; the id may be a number."""
    expected = Account("6800000000000000001", SEC_UID, "some.shop", 30)
    assert parse_account(encoded(user_info())) == expected
    assert parse_account(encoded(user_info(account_id=6800000000000000001))) == expected
    assert parse_account(encoded({"data": user_info()})) == expected


@pytest.mark.parametrize(("exact", "total"), [("0", 0), (None, 29), ("-5", 29), ("x", 29), (12, 12)])
def test_an_accounts_total_falls_back_to_the_rounded_one(exact: object, total: int) -> None:
    """A negative one is never a value."""
    assert parse_account(encoded(user_info(followers=exact))).follower_total == total


def test_an_account_without_counts_has_no_known_total() -> None:
    """Unknown is not 0."""
    document = user_info()
    del document["userInfo"]["statsV2"], document["userInfo"]["stats"]
    assert parse_account(encoded(document)).follower_total is None


@pytest.mark.parametrize(
    "user",
    [{"id": ""}, {"id": None}, {"id": "0"}, {"id": "../x"}, {"id": True}, {"id": [1]}, {"secUid": ""}, {"secUid": 5},
     {"uniqueId": 5}],
    ids=str,
)  # fmt: skip
def test_an_account_of_an_unknown_shape_fails_closed(user: JSON) -> None:
    """Its id becomes part of the objects' keys, so it must be an id; and one account's oddity is that account's."""
    with pytest.raises(SchemaDriftError):
        parse_account(
            encoded(
                {
                    "statusCode": 0,
                    "userInfo": user_info()["userInfo"] | {"user": {**user_info()["userInfo"]["user"], **user}},
                }
            )
        )


def test_an_account_whose_id_is_a_float_fails_closed() -> None:
    """Its digits are lost."""
    body = encoded(user_info(account_id="ID")).replace(b'"ID"', b"6.8e18")
    with told("In the account response, a field of userInfo.user"):
        parse_account(body)


@pytest.mark.parametrize("user_field", [{"uniqueId": None}, {}])
def test_an_account_may_lack_its_handle(user_field: JSON) -> None:
    """It is keyed by its id."""
    document = user_info(**user_field)
    if not user_field:
        del document["userInfo"]["user"]["uniqueId"]
    assert parse_account(encoded(document)).handle == ""


@pytest.mark.parametrize("document", [{"users": [1]}, {"userInfo": {"user": {"id": "1"}}}, {"userInfo": {"id": "1"}}])
def test_an_answer_without_an_account_fails_closed(document: JSON) -> None:
    """It is not taken for somebody."""
    with told("The account response has no userInfo.user"):
        parse_account(encoded(document))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("9" * 5_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(value=JSON_VALUES, field=st.sampled_from(["user", "stats", "statsV2"]), key=st.none() | st.text(max_size=8))
def test_no_row_can_break_a_page(value: object, field: str, key: str | None) -> None:
    """Whatever stands in it, the row is read or rejected, and its neighbours are read."""
    row = web_row("11")
    row[field] = value if key is None else {**row[field], key: value}
    page = parse_page(encoded(web_page(web_row("10"), row, web_row("12"))))
    assert len(page.followers) + len(page.rejected) + page.dummies == 3
    assert {"10", "12"} <= {follower.tiktok_id for follower in page.followers}
