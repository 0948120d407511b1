"""What the status code inside a body of HTTP 200 means; spelled out here from the table of captured codes."""

import pytest

from tiktok_insights.tiktok import body_codes
from tiktok_insights.tiktok.errors import AccountError
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.troubleshooting import Told, told


@pytest.mark.parametrize(
    "document",
    [
        {}, {"statusCode": 0}, {"status_code": 0}, {"statusCode": "0"}, {"statusCode": None, "status_code": ""},
        {"statusCode": 0, "status_code": "0", "status_msg": "ok"},
    ],
)  # fmt: skip
def test_zero_or_no_code_is_good(document: dict[str, object]) -> None:
    """As a number or as a text, under either name."""
    body_codes.check({"hasMore": False, **document})


@pytest.mark.parametrize(
    "document",
    [
        {}, {"status_code": 0}, {"statusCode": 0, "status_msg": "", "extra": {"now": 1}, "log_pb": {"impr_id": "x"}},
        {"statusCode": -1, "userInfo": {}}, {"userInfo": {"user": {}}}, {"statusCode": "-1", "userInfo": {"stats": {}}},
        {"statusCode": 0, "data": []}, {"userInfo": None}, {"userInfo": {"user": [], "stats": {}}},
    ],
)  # fmt: skip
def test_a_response_with_nothing_but_a_code_is_an_upstream_hiccup(document: dict[str, object]) -> None:
    """The API returns such a body where others return none: it can be asked again, and nothing has changed."""
    with told("The response has nothing but a status code.") as raised:
        body_codes.check(document)
    assert raised.value.outcome is Outcome.EMPTY_RESPONSE


def test_a_banned_account_without_a_profile_may_be_a_misspelled_one() -> None:
    """The API gives code 10221 for both; with a profile it is a ban."""
    with told("The API returned <code>: <meaning>.", "no such user") as raised:
        body_codes.check({"statusCode": 10221, "userInfo": {}})
    assert raised.value.outcome is Outcome.NOT_FOUND
    with told("The API returned <code>: <meaning>.", "is banned.") as raised:
        body_codes.check({"statusCode": 10221, "userInfo": {"user": {"id": "1"}}})
    assert raised.value.outcome is Outcome.BANNED


@pytest.mark.parametrize("code", [4, "4", 10101, "10101", 10111])
@pytest.mark.parametrize("key", ["statusCode", "status_code"])
def test_a_busy_or_broken_server_can_be_asked_again(key: str, code: object) -> None:
    """These codes pass by themselves."""
    with told("The API returned <code>: <trouble>.", str(code)):
        body_codes.check({key: code})


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (10000, Outcome.BLOCKED), (10102, Outcome.BLOCKED), (10113, Outcome.BLOCKED),
        (10114, Outcome.BLOCKED), (10201, Outcome.SCHEMA_DRIFT), (10011, Outcome.SCHEMA_DRIFT),
        (10202, Outcome.NOT_FOUND), (2065, Outcome.NOT_FOUND), (3170, Outcome.NOT_FOUND), (10221, Outcome.BANNED),
        (10222, Outcome.PRIVATE), (10223, Outcome.HIDDEN), (209002, Outcome.HIDDEN), (2096, Outcome.HIDDEN),
        (3002060, Outcome.HIDDEN),
    ],
)  # fmt: skip
@pytest.mark.parametrize("spelling", [int, str])
def test_a_known_code_is_the_outcome_of_the_account(code: int, outcome: Outcome, spelling: type) -> None:
    """Whether it comes as a number or as a text."""
    with told("The API returned <code>: <meaning>.", f"statusCode {code}") as raised:
        body_codes.check({"statusCode": spelling(code), "userInfo": {"user": {"id": "1"}}})
    assert raised.value.outcome is outcome


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, told("The API returned <code>, an unknown code")) for code in (1, -1, 99999, "77", True)),
        *(
            (code, told("<code> in the response is not a number."))
            for code in ("blocked", "10202.5", [10202], {"code": 0})
        ),
    ],
    ids=str,
)
def test_an_unknown_code_fails_closed(code: object, expected: Told) -> None:
    """Nobody can say what such an answer stands for, so nothing of it is used."""
    with expected as raised:
        body_codes.check({"statusCode": code, "hasMore": False})
    assert raised.value.outcome is Outcome.SCHEMA_DRIFT


def test_a_bad_code_under_the_second_name_is_seen_beside_a_good_one_under_the_first() -> None:
    """The two fields need not agree; the worse one counts."""
    with pytest.raises(AccountError, match=r"status_code 10222 \(private\)"):
        body_codes.check({"statusCode": 0, "status_code": 10222, "status_msg": "private"})


def test_a_long_message_of_the_server_is_cut() -> None:
    """What a server says must not flood the log."""
    with pytest.raises(AccountError) as raised:
        body_codes.check({"statusCode": 10202, "status_msg": "x" * 5_000})
    assert len(str(raised.value)) < 300
