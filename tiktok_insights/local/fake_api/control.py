"""The control endpoints: what a test or a developer can see and change, only from this machine.

Here: `/_control/...`. Not here: anything that the real API has.

    GET  /_control/status          clock, settings, requests served, quota, accounts
    POST /_control/clock           {"advance_seconds": 86400}
    POST /_control/settings        {"monthly_quota": 10, "requests_per_minute": 60, "latency_ms": 5}
    POST /_control/quota           {"left": 7}: the requests left for each key in this virtual month
    POST /_control/reset-counters
    GET    /_control/faults        the posted faults, how often each has struck, and all kinds of faults
    POST   /_control/faults        [{"kind": "503", "account": "city.museum", "page": 3, "times": 2}, ...]
    DELETE /_control/faults        removes the posted faults, and forgets how often they struck
    GET    /_control/story         the story that is played
    POST   /_control/story         {"people": {"die": 0.05}, "accounts": [{"handle": "a.shop", "followers": 90}]}
    GET    /_control/truth?account=a.shop&at=1780000000    who follows it then, since when; who left, when and why

A posted fault has a `kind`. Everything else is optional: `account` (a handle; default: all accounts), `path` (default:
all), `page` (from this page on; 0 is the profile) and `last_page`, `times` (default: always), `each_page` (if true,
`times` counts per page), `every` (every n-th request), `delay_ms` (for kinds that take time). Several faults of one
account strike one after the other, in the order they were posted: the first one until its `times` are used up. A list
is posted as a whole or not at all.

A story has the fields of `stories.story.Story`, all of them optional but an account's `handle` and `followers`. It
takes the place of the one before, from the start of virtual time.

Every other response is the status after the change. A bad request gets 400 with an `error` that says what is wrong.
"""

import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.endpoints import ENDPOINTS
from tiktok_insights.local.fake_api.faults.fault import Fault, fault_of_fields
from tiktok_insights.local.fake_api.faults.kinds import KINDS
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.state import State
from tiktok_insights.local.fake_api.stories.story import story_of
from tiktok_insights.local.fake_api.stories.truth import truth

_LOOPBACK = {"127.0.0.1", "::1"}
Change = Callable[[World, State, Any], None]
View = Callable[[World, State, Mapping[str, str]], dict[str, Any]]


def control_routes(world: World, state: State) -> list[Route]:
    """Return the routes that steer this state."""

    def route(name: str, method: str, change: Change | None, view: View = _status) -> Route:
        return Route(f"/_control/{name}", _endpoint(world, state, change, view), methods=[method])

    return [
        route("status", "GET", None),
        route("clock", "POST", _advance),
        route("settings", "POST", lambda _, state, fields: state.change_settings(_object(fields))),
        route("quota", "POST", _leave_quota),
        route("reset-counters", "POST", _reset),
        route("faults", "GET", None, _faults),
        route("faults", "POST", _post_faults),
        route("faults", "DELETE", _clear_faults),
        route("story", "GET", None, _story),
        route("story", "POST", _play, _story),
        route("truth", "GET", None, _truth),
    ]


def _endpoint(
    world: World, state: State, change: Change | None, view: View
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that makes a change, stores it, and answers with a view of the state."""

    async def respond(request: Request) -> Response:
        if request.client is None or request.client.host not in _LOOPBACK:
            return JSONResponse({"error": "control endpoints accept requests only from this machine"}, 403)
        try:
            if change is not None:
                change(world, state, json.loads(await request.body() or b"{}"))
                state.save()
            return JSONResponse(view(world, state, request.query_params))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)

    return respond


def _status(world: World, state: State, _query: Mapping[str, str]) -> dict[str, Any]:
    """Return the state and the configured accounts with their exact totals."""
    accounts = [
        {
            "handle": account.handle,
            "id": str(account.identifier),
            "secUid": account.sec_uid,
            "dialect": account.dialect.value,
            "total": world.total(account, state.clock),
        }
        for account in world.directory.configured
    ]
    return {**state.status(), "accounts": accounts}


def _faults(_world: World, state: State, _query: Mapping[str, str]) -> dict[str, Any]:
    """Return what is posted, what has struck, and what there is."""
    return {**state.faults.status(), "kinds": {name: kind.description for name, kind in KINDS.items()}}


def _story(_world: World, state: State, _query: Mapping[str, str]) -> dict[str, Any]:
    """Return the story that is played."""
    return state.story.to_json()


def _truth(world: World, state: State, query: Mapping[str, str]) -> dict[str, Any]:
    """Return who follows `account` at the time `at` (unix seconds; by default now), who left, when and why."""
    account, at = _known(world, query.get("account")), query.get("at", str(state.clock))
    if not at.isdecimal():
        raise ValueError(f"at is {at!r}: use a virtual time in unix seconds")
    return {"at": int(at), "facts": [dataclasses.asdict(fact) for fact in truth(world, account, int(at))]}


def _play(world: World, state: State, fields: Any) -> None:
    """Begin a story in the place of the one before; `{"accounts": []}` ends it."""
    story = story_of(_object(fields))
    world.play(story)
    state.story = story


def _object(fields: Any) -> dict[str, Any]:
    """Return a JSON object's fields; nothing sent is an object without any."""
    if not isinstance(fields, dict):
        raise ValueError("send a JSON object")  # noqa: TRY004  # it is the sender's value, answered with 400
    return fields


def _advance(_world: World, state: State, fields: Any) -> None:
    """Move the virtual clock forward by `advance_seconds`."""
    if _object(fields).keys() != {"advance_seconds"}:
        raise ValueError('send {"advance_seconds": <whole number>}')
    state.advance(fields["advance_seconds"])


def _leave_quota(_world: World, state: State, fields: Any) -> None:
    """Leave every key `left` requests."""
    if _object(fields).keys() != {"left"}:
        raise ValueError('send {"left": <whole number>}')
    state.leave_quota(fields["left"])


def _reset(_world: World, state: State, fields: Any) -> None:
    """Set the counters to nothing."""
    if _object(fields):
        raise ValueError("send no fields")
    state.reset_counters()


def _post_faults(world: World, state: State, posted: Any) -> None:
    """Post one fault or a list of them, all or none."""
    faults = [_fault(world, _object(fields)) for fields in (posted if isinstance(posted, list) else [posted])]
    for fault in faults:
        state.faults.post(fault)


def _clear_faults(_world: World, state: State, _fields: Any) -> None:
    """Take the posted faults back."""
    state.faults.clear()


def _fault(world: World, fields: dict[str, Any]) -> Fault:
    """Return a posted fault whose account and path exist."""
    fault = fault_of_fields(fields)
    if fault.path is not None and fault.path not in ENDPOINTS:
        raise ValueError(f"there is no path {fault.path!r}: use one of {', '.join(ENDPOINTS)}")
    if fault.account is None:
        return fault
    return dataclasses.replace(fault, account=_known(world, fault.account).handle)


def _known(world: World, handle: Any) -> Account:
    """Return the account with this handle."""
    account = world.directory.by_handle(handle) if isinstance(handle, str) else None
    if account is None:
        raise ValueError(f"there is no account {handle!r}: use a handle")
    return account
