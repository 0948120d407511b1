"""A refresh as the service describes it: whether it runs, and whether it succeeded, by words that may be new."""

import pytest

from tiktok_insights.powerbi.service.models import read_refresh

_END = "2026-11-27T13:00:00.1234567Z"


@pytest.mark.parametrize(
    ("status", "extended", "end", "is_running", "succeeded"),
    [
        ("Unknown", None, None, True, False),
        ("Unknown", "NotStarted", None, True, False),
        ("Completed", None, _END, False, True),
        ("Completed", "Completed", _END, False, True),
        ("Failed", "TimedOut", _END, False, False),
        ("Disabled", None, None, False, False),
        ("Pondering", None, None, True, False),
        ("Pondering", None, _END, False, False),
        ("Unknown", "Pondering", _END, False, False),
    ],
)
def test_only_what_has_completed_is_a_success(
    status: str, extended: str | None, end: str | None, is_running: bool, succeeded: bool
) -> None:
    """A word that no document names is none, and has ended when there is an end."""
    found = read_refresh({"requestId": "a", "status": status, "extendedStatus": extended, "endTime": end})
    assert (found.is_running, found.succeeded) == (is_running, succeeded)


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (None, ""),
        ("no JSON", "no JSON"),
        ('"text"', '"text"'),
        ('{"errorCode": "A"}', "A"),
        ('{"errorCode": "A", "errorDescription": "b"}', "A: b"),
    ],
)
def test_the_error_of_a_standard_refresh_is_read_whatever_it_is(exception: str | None, expected: str) -> None:
    """JSON within the JSON, as a rule."""
    assert read_refresh({"status": "Failed", "serviceExceptionJson": exception}).error == expected
