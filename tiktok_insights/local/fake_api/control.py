"""The control endpoints: what a test or a developer may see and change, from this machine only.

Here: `/_control/...`. Not here: anything that the real API has.

    GET  /_control/status          clock, settings, requests served, quota, accounts
    POST /_control/clock           {"advance_seconds": 86400}
    POST /_control/settings        {"monthly_quota": 10, "requests_per_minute": 60, "latency_ms": 5}
    POST /_control/reset-counters

Every answer is the status after the change; a bad request gets 400 with an `error` that says what is wrong.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.state import State

_LOOPBACK = {"127.0.0.1", "::1"}
Change = Callable[[State, dict[str, Any]], None]


def control_routes(world: World, state: State) -> list[Route]:
    """Return the routes that steer this state."""
    return [
        Route("/_control/status", _endpoint(world, state, None), methods=["GET"]),
        Route("/_control/clock", _endpoint(world, state, _advance), methods=["POST"]),
        Route("/_control/settings", _endpoint(world, state, State.change_settings), methods=["POST"]),
        Route("/_control/reset-counters", _endpoint(world, state, _reset), methods=["POST"]),
    ]


def _endpoint(world: World, state: State, change: Change | None) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that makes a change, stores it, and answers with the status."""

    async def respond(request: Request) -> Response:
        if request.client is None or request.client.host not in _LOOPBACK:
            return JSONResponse({"error": "control endpoints answer this machine only"}, 403)
        if change is not None:
            try:
                change(state, _fields(await request.body()))
            except ValueError as error:
                return JSONResponse({"error": str(error)}, 400)
            state.save()
        return JSONResponse(_status(world, state))

    return respond


def _status(world: World, state: State) -> dict[str, Any]:
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


def _fields(body: bytes) -> dict[str, Any]:
    """Return a JSON object's fields; nothing sent is an object without any."""
    fields = json.loads(body or b"{}")
    if not isinstance(fields, dict):
        raise ValueError("send a JSON object")  # noqa: TRY004  # it is the sender's value, answered with 400
    return fields


def _advance(state: State, fields: dict[str, Any]) -> None:
    """Move the virtual clock forward by `advance_seconds`."""
    if fields.keys() != {"advance_seconds"}:
        raise ValueError('send {"advance_seconds": <whole number>}')
    state.advance(fields["advance_seconds"])


def _reset(state: State, fields: dict[str, Any]) -> None:
    """Set the counters to nothing."""
    if fields:
        raise ValueError("send no fields")
    state.reset_counters()
