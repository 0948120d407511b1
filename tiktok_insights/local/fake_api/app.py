"""The ASGI application: routes, and the order in which a request is judged.

Here: HTTP in and out. Not here: bodies (`endpoints`), faults (`faults`) and the process that serves them.
Nothing is logged, so no key can be.
"""

import asyncio
import pathlib
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tiktok_insights.local.fake_api import messages
from tiktok_insights.local.fake_api.accounts import DEFAULT_ACCOUNTS, Account
from tiktok_insights.local.fake_api.control import control_routes
from tiktok_insights.local.fake_api.endpoints import ENDPOINTS, Endpoint, answer, asked_by
from tiktok_insights.local.fake_api.faults.connection import Connected, Sent
from tiktok_insights.local.fake_api.faults.hook import fault_for, reply_to
from tiktok_insights.local.fake_api.limits import Limiter, refusal
from tiktok_insights.local.fake_api.population import DEFAULT_SEED, World
from tiktok_insights.local.fake_api.state import Settings, State
from tiktok_insights.local.fake_api.stories.story import NO_STORY, Story

_MS_PER_SECOND = 1_000


def create_app(
    state_folder: pathlib.Path,
    *,
    accounts: Sequence[Account] = DEFAULT_ACCOUNTS,
    seed: int = DEFAULT_SEED,
    settings: Settings | None = None,
    story: Story = NO_STORY,
) -> Starlette:
    """Return the fake API over the state in `state_folder`, which is made if need be.

    `settings` and `story` apply to a fresh folder; one that has been used keeps its own. Serve it from one process, on
    the loopback address. Raises ValueError for a damaged state file or two accounts with one handle.
    """
    state = State(state_folder, settings, story)
    world = World(seed, accounts, state.story)
    limiter = Limiter(state)
    routes = [Route(path, _served(endpoint, world, state, limiter)) for path, endpoint in ENDPOINTS.items()]
    return Connected(routes=[*routes, *control_routes(world, state), Route("/{path:path}", _no_endpoint)])


def _served(
    endpoint: Endpoint, world: World, state: State, limiter: Limiter
) -> Callable[[Request], Awaitable[Response]]:
    """Wrap an endpoint: right to ask, limits, count, fault, answer; the count is stored before it leaves."""

    async def respond(request: Request) -> Response:
        await asyncio.sleep(state.settings.latency_ms / _MS_PER_SECOND)
        if refused := refusal(request.headers):
            return refused
        key = request.headers["x-rapidapi-key"]
        if excess := limiter.excess(key):
            return excess
        path, parameters = request.url.path, request.query_params
        state.spend(key, path)
        state.advance(state.settings.seconds_per_request)
        fault = fault_for(asked_by(path, world, state, parameters), world, state)
        reply = reply_to(fault, answer(endpoint, world, state, parameters), path, state.clock)
        state.save()
        return Sent(reply, limiter.headers(key))

    return respond


async def _no_endpoint(request: Request) -> Response:
    """Refuse a path that the API does not have, after the right to ask."""
    path = request.url.path
    return refusal(request.headers) or JSONResponse({"message": messages.no_endpoint(path)}, 404)
