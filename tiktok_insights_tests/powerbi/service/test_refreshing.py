"""A refresh is begun once and followed by its own ID, whatever the service does; its own record says how many began."""

import pytest

from tiktok_insights.powerbi.service.errors import RefreshFailedError
from tiktok_insights_tests.powerbi.service.conftest import Client
from tiktok_insights_tests.support.fake_power_bi import MODEL, WORKSPACE, Course, Disturbance, FakePowerBI
from tiktok_insights_tests.support.troubleshooting import Told, told

_FAILED = ("InProgress", "Failed")
_POST = f"POST /myorg/groups/{WORKSPACE}/datasets/{MODEL}/refreshes"


def test_a_refresh_is_begun_and_followed_to_its_end(service: FakePowerBI, client: Client) -> None:
    """Queued, in progress, completed: by the ID of the Location header, with a body that the service takes."""
    refresh = client.refresh()
    (begun,) = service.refreshes
    assert refresh.request_id == begun.request_id
    assert client.begun == [begun.request_id]
    assert refresh.started == begun.started
    assert refresh.ended is not None
    assert begun.body == {"type": "Full", "commitMode": "transactional", "retryCount": 1, "timeout": "00:01:00"}


def test_an_older_refresh_that_ends_first_is_not_ours(service: FakePowerBI, client: Client) -> None:
    """A scheduled refresh succeeded before, and is the newest in the list for a moment: ours fails all the same."""
    service.begin(Course(("Completed",)))
    service.courses.append(Course(_FAILED, ("X", "disk full")))
    with told("Refresh <id> failed:", "X: disk full"):
        client.refresh()
    assert service.started == 2


@pytest.mark.parametrize("end", ["Completed", "Failed"])
def test_a_running_refresh_that_began_before_is_waited_for(service: FakePowerBI, client: Client, end: str) -> None:
    """It may have read older data, so ours comes after it, and not beside it."""
    older = service.begin(Course(("NotStarted", "InProgress", end)), {"type": "Full"})
    refresh = client.refresh()
    assert not older.is_running
    assert not older.was_canceled
    assert refresh.request_id == service.refreshes[1].request_id
    assert service.asked.count(_POST) == 1
    assert service.started == 2


@pytest.mark.parametrize("states", [("InProgress", "Completed"), ("Completed",)])
def test_the_refresh_of_a_killed_run_is_followed(service: FakePowerBI, client: Client, states: tuple[str, ...]) -> None:
    """It was begun for the same data: whether it still runs or has completed, no other one is begun."""
    left = service.begin(Course(states), {"type": "Full"})
    assert client.refresh(begun_before=left.request_id).request_id == left.request_id
    assert service.started == 1


@pytest.mark.parametrize("left", [Course(("Failed",)), None])
def test_a_killed_runs_refresh_that_did_not_succeed_is_begun_again(
    service: FakePowerBI, client: Client, left: Course | None
) -> None:
    """Nor does one count that the service does not know."""
    request_id = service.begin(left, {"type": "Full"}).request_id if left else "of-another-model"
    assert client.refresh(begun_before=request_id).request_id == service.refreshes[-1].request_id
    assert service.asked.count(_POST) == 1


@pytest.mark.parametrize("status", [0, 500, 503, 504])
@pytest.mark.parametrize("acts", [True, False])
def test_a_lost_answer_begins_no_second_refresh(service: FakePowerBI, client: Client, status: int, acts: bool) -> None:
    """Where the request was carried out, what began is followed; where it was not, it is sent again."""
    service.disturbances.append(Disturbance("POST", "/refreshes", status, acts=acts))
    refresh = client.refresh()
    assert [begun.request_id for begun in service.refreshes] == [refresh.request_id]
    assert service.asked.count(_POST) == (1 if acts else 2)


def test_a_refresh_that_began_in_between_is_followed(service: FakePowerBI, client: Client) -> None:
    """Someone begins one between our look and our request: it has read the same data, and ours is refused."""
    service.disturbances.append(
        Disturbance("POST", "/refreshes", 409, acts=True, body={"error": {"code": "RefreshInProgress"}})
    )
    refresh = client.refresh()
    assert [begun.request_id for begun in service.refreshes] == [refresh.request_id]


def test_a_service_that_never_answers_is_given_up(service: FakePowerBI, client: Client) -> None:
    """After three attempts, none of which began anything."""
    service.disturbances.append(Disturbance("POST", "/refreshes", 503, times=9))
    with told("<method> <path> returned <status>…. Power BI has a problem.", "503"):
        client.refresh()
    assert (service.started, service.asked.count(_POST)) == (0, 3)


def test_answers_that_are_lost_while_a_refresh_runs_change_nothing(service: FakePowerBI, client: Client) -> None:
    """More of them than one answer has attempts: the refresh is followed for as long as it may take."""
    service.courses.append(Course(("NotStarted", *["InProgress"] * 9, "Completed")))
    service.disturbances.append(Disturbance("GET", "000000000001", 502, times=7))
    assert client.refresh().succeeded
    assert service.started == 1


def test_an_answer_that_says_nothing_while_a_refresh_runs_changes_nothing(service: FakePowerBI, client: Client) -> None:
    """Such as that of a proxy in between: the next look may be understood."""
    service.courses.append(Course(("InProgress", "InProgress", "Completed")))
    service.disturbances.append(Disturbance("GET", "000000000001", 200, body={"page": "of a proxy"}))
    assert client.refresh().succeeded
    assert service.started == 1


def test_a_busy_service_is_asked_again_after_the_time_it_names(service: FakePowerBI, client: Client) -> None:
    """HTTP 429 with Retry-After, to the request itself and to a look: neither was carried out."""
    busy = {"Retry-After": "0"}
    service.disturbances += [Disturbance("POST", "/refreshes", 429, headers=busy), Disturbance("GET", "1", 429)]
    assert client.refresh().succeeded
    assert (service.started, service.asked.count(_POST)) == (1, 2)


def test_a_service_that_stays_busy_is_given_up(service: FakePowerBI, client: Client) -> None:
    """It says so in one sentence."""
    service.disturbances.append(Disturbance("POST", "/refreshes", 429, times=9))
    with told("<method> <path> returned <status>…. Power BI takes no more requests now.", "429"):
        client.refresh()
    assert service.started == 0


def test_a_token_that_ends_while_a_refresh_runs_is_renewed(service: FakePowerBI, client: Client) -> None:
    """Each token lets in four requests; the refresh needs more. The service answers 403 to an expired one, not 401."""
    service.token_uses = 4
    service.courses.append(Course(("NotStarted", *["InProgress"] * 9, "Completed")))
    assert client.refresh().succeeded
    assert len(service.tokens) > 2
    assert service.started == 1


def test_our_refresh_is_canceled_when_its_time_is_up(service: FakePowerBI, client: Client) -> None:
    """So that it does not block the next one."""
    service.courses.append(Course(("InProgress",)))
    with told("Refresh <id> did not end within <number> min, and <what>.", "was canceled"):
        client.refresh(minutes=0.001)
    assert service.refreshes[0].was_canceled


def test_a_refresh_of_others_is_not_canceled(service: FakePowerBI, client: Client) -> None:
    """Their time is theirs; the message says that it continues."""
    other = service.begin(Course(("InProgress",)), {"type": "Full"})
    with told("Refresh <id> did not end within <number> min, and <what>.", "continues", other.request_id):
        client.refresh(minutes=0.001)
    assert (other.was_canceled, service.started) == (False, 1)


def test_a_refresh_that_ends_at_the_last_moment_has_ended(service: FakePowerBI, client: Client) -> None:
    """The service refuses to cancel it, and it counts."""
    service.courses.append(Course(("Completed",)))
    service.disturbances.append(Disturbance("GET", "000000000001", 503, times=3))
    assert client.refresh(minutes=0.00001).succeeded
    assert [asked[:6] for asked in service.asked].count("DELETE") == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("Cancelled", told("Refresh <id> was canceled in Power BI.")),
        ("Disabled", told("Refresh <id> did not run:")),
        ("TimedOut", told("Refresh <id> took longer than Power BI allows.")),
    ],
)
def test_a_refresh_that_others_end_says_so(service: FakePowerBI, client: Client, state: str, expected: Told) -> None:
    """Canceled, disabled or out of the service's own time: no endless wait, and no second refresh."""
    service.courses.append(Course(("InProgress", state)))
    with expected:
        client.refresh()
    (begun,) = service.refreshes
    assert begun.request_id in str(expected.value)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (("ModelRefreshFailed_CredentialsNotSpecified", ""), "Enter the credentials"),
        (("", "ADBC: 390144 (08004): JWT token is invalid."), "Enter the credentials"),
        (("", "The key didn't match any rows in the table."), "tiktok-insights powerbi check"),
        (("", "SQL compilation error: Object 'X' does not exist or not authorized."), "tiktok-insights powerbi check"),
        (("DM_GWPipeline_Gateway_Unreachable", ""), "gateway connection"),
        (("Odd", "out of\n  memory\x1b[2J"), "Odd: out of memory\\x1b[2J. Open the refresh history"),
        (None, "no reason was given (status Failed). Open the refresh history"),
    ],
)
@pytest.mark.parametrize("is_shared", [False, True])
def test_the_first_error_of_a_failed_refresh_is_told_with_its_remedy(
    service: FakePowerBI, client: Client, error: tuple[str, str] | None, remedy: str, is_shared: bool
) -> None:
    """An enhanced refresh has it among its messages, a standard one as JSON within the list."""
    service.is_shared = is_shared
    service.courses.append(Course(_FAILED, error))
    with told("Refresh <id> failed:", remedy):
        client.refresh()


def test_two_lost_answers_leave_an_attempt_for_a_shared_capacity(service: FakePowerBI, client: Client) -> None:
    """A refusal is an answer: the standard refresh is asked for after it."""
    service.is_shared = True
    service.disturbances.append(Disturbance("POST", "/refreshes", 503, times=2))
    assert client.refresh().succeeded
    assert (service.started, service.asked.count(_POST)) == (1, 4)


@pytest.mark.parametrize("hides_ids", [False, True])
def test_a_shared_capacity_gets_a_standard_refresh(service: FakePowerBI, client: Client, hides_ids: bool) -> None:
    """It has no enhanced one, and no details: it is followed in the list, also where the header names another ID."""
    service.is_shared, service.hides_ids = True, hides_ids
    service.begin(Course(("Failed",)))
    assert client.refresh().succeeded
    assert service.refreshes[1].body == {"notifyOption": "NoNotification"}
    assert service.started == 2
    assert client.begun == [service.refreshes[1].request_id]


@pytest.mark.parametrize("location", ["", "/", "/refreshes/aaaaaaaa-0000-4000-8000-000000000001?x=1"])
def test_a_location_without_our_refresh_is_not_believed(service: FakePowerBI, client: Client, location: str) -> None:
    """It names nothing, or an older refresh that succeeded: ours is found in the list, noted, and canceled in time."""
    service.begin(Course(("Completed",)))
    service.courses.append(Course(("InProgress",)))
    headers = {"Location": location, "RequestId": "of-this-very-request"}
    service.disturbances.append(Disturbance("POST", "/refreshes", 202, acts=True, headers=headers))
    with told("Refresh <id> did not end within <number> min, and <what>.", "was canceled"):
        client.refresh(minutes=0.001)
    assert client.begun == [service.refreshes[1].request_id]
    assert service.refreshes[1].was_canceled


def test_the_ninth_refresh_of_a_day_is_refused_on_a_shared_capacity(service: FakePowerBI, client: Client) -> None:
    """The service says why, and nothing is tried again."""
    service.is_shared = True
    for _ in range(8):
        client.refresh()
    with told("<method> <path> returned <status>…. <remedy>.", "the maximum of 8 refreshes a day is reached"):
        client.refresh()
    assert service.started == 8


def test_a_model_whose_refresh_is_turned_off_is_no_failed_refresh(service: FakePowerBI, client: Client) -> None:
    """The service refuses the request itself."""
    service.is_disabled = True
    with told("<method> <path> returned <status>…. <remedy>.", "ModelRefreshDisabled"):
        client.refresh()
    assert service.started == 0


def test_a_status_that_no_document_names_is_no_success(service: FakePowerBI, client: Client) -> None:
    """It counts as running while there is no end, and as a failure after that."""
    service.courses.append(Course(("Pondering", "Failed")))
    with pytest.raises(RefreshFailedError):
        client.refresh()
