"""A Power BI service that behaves, on a real port: tokens, one refresh of a model at a time, limits, lost answers.

Written from Microsoft's documents, and from none of the code under test. A test says beforehand how refreshes end and
which requests are disturbed; afterward it compares with the service's own record.
"""

import contextlib
import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tiktok_insights_tests.support.served import served

TENANT = "11111111-0000-4000-8000-000000000001"
CLIENT = "22222222-0000-4000-8000-000000000002"
SECRET = "canary-secret-of-the-service-principal"
TOKEN = "canary-token"
WORKSPACE = "33333333-0000-4000-8000-000000000003"
MODEL = "44444444-0000-4000-8000-000000000004"
_DATASETS = f"/myorg/groups/{WORKSPACE}/datasets"
_DAILY = 8
_ENDS = {"Completed", "Failed", "Cancelled", "Disabled", "TimedOut"}


@dataclass
class Course:
    """How a refresh goes: the states that looks at it see, one after the other; the last one stays."""

    states: tuple[str, ...] = ("NotStarted", "InProgress", "Completed")
    error: tuple[str, str] | None = None


@dataclass
class FakeRefresh:
    """One refresh of the service's record."""

    request_id: str
    is_enhanced: bool
    states: deque[str]
    error: tuple[str, str] | None
    started: datetime
    body: dict[str, Any]
    was_canceled: bool = False

    @property
    def state(self) -> str:
        """Its state now."""
        return self.states[0]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.state not in _ENDS

    def look(self) -> None:
        """Time passes between two looks."""
        if len(self.states) > 1:
            self.states.popleft()


@dataclass
class Disturbance:
    """What happens to the next `times` requests of a method whose path ends so. Status 0: the connection is cut."""

    method: str
    ends: str
    status: int
    acts: bool = False
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


class FakePowerBI:
    """The service's state; tests change it, and read what was asked of it."""

    def __init__(self, secret: str = SECRET, first_token: str = TOKEN) -> None:
        self.address = ""
        self.secret, self._token = secret, first_token
        self.reset()

    def reset(self) -> None:
        """Forget everything but the address."""
        self.models: list[dict[str, Any]] = [
            {"id": MODEL, "name": "TikTokInsights", "isRefreshable": True, "webUrl": f"https://app.example/{MODEL}"}
        ]
        self.courses: deque[Course] = deque()
        self.refreshes: list[FakeRefresh] = []
        self.disturbances: list[Disturbance] = []
        self.asked: list[str] = []
        self.is_shared = False
        self.is_disabled = False
        self.hides_ids = False
        self.tokens: list[str] = []
        self.token_uses = 1_000_000
        self._uses = 0
        self._numbers = itertools.count(1)
        self._clock = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def variables(self) -> dict[str, str]:
        """The environment of a client of this service."""
        return {
            "AZURE_POWERBI_API_URL": f"{self.address}/myorg",
            "AZURE_POWERBI_LOGIN_URL": self.address,
            "AZURE_POWERBI_TENANT_ID": TENANT,
            "AZURE_POWERBI_CLIENT_ID": CLIENT,
            "AZURE_POWERBI_CLIENT_SECRET": self.secret,
            "AZURE_POWERBI_WORKSPACE_ID": WORKSPACE,
        }

    @property
    def started(self) -> int:
        """How many refreshes there were."""
        return len(self.refreshes)

    @property
    def is_followed(self) -> bool:
        """Whether someone has asked for the details of the newest refresh."""
        newest = self.refreshes[-1].request_id if self.refreshes else "none"
        return any(asked.startswith("GET") and asked.endswith(newest) for asked in self.asked)

    def begin(self, course: Course | None = None, body: dict[str, Any] | None = None) -> FakeRefresh:
        """Begin a refresh, as anyone may."""
        course = course or (self.courses.popleft() if self.courses else Course())
        self._clock += timedelta(minutes=1)
        number = next(self._numbers)
        is_enhanced = bool(set(body or {}) - {"notifyOption"})
        refresh = FakeRefresh(
            f"aaaaaaaa-0000-4000-8000-{number:012}",
            is_enhanced,
            deque(course.states),
            course.error,
            self._clock,
            body or {},
        )
        self.refreshes.append(refresh)
        return refresh

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Response:
        """Answer a request of someone who is signed in."""
        if path == _DATASETS:
            return JSONResponse({"value": self.models})
        for model in self.models:
            here = f"{_DATASETS}/{model['id']}"
            if path == here:
                return JSONResponse(model)
            if path == f"{here}/refreshes":
                return self._post(body) if method == "POST" else self._list()
            if path.startswith(f"{here}/refreshes/"):
                return self._details(path.rpartition("/")[2], method)
        return refusal(404, "PowerBIEntityNotFound")

    def _post(self, body: dict[str, Any]) -> Response:
        is_enhanced = bool(body.keys() - {"notifyOption"})
        if is_enhanced and "notifyOption" in body:
            return refusal(400, "InvalidRequest", "notifyOption must be excluded from an enhanced refresh")
        if is_enhanced and self.is_shared:
            return refusal(400, "InvalidRequest", "enhanced refresh is not supported on shared capacity")
        if self.is_disabled:
            return refusal(403, "ModelRefreshDisabled")
        if any(refresh.is_running for refresh in self.refreshes):
            return refusal(400, "RefreshInProgress", "another refresh request is already executing")
        if self.is_shared and len(self.refreshes) >= _DAILY:
            return refusal(400, "RefreshLimit", "the maximum of 8 refreshes a day is reached")
        refresh = self.begin(body=body)
        if self.hides_ids:
            return Response(status_code=202, headers={"RequestId": "of-this-very-request"})
        headers = {"RequestId": refresh.request_id, "x-ms-request-id": refresh.request_id}
        if is_enhanced:
            # The header's other IDs are those of the request, not of the refresh.
            headers = {"Location": f"{self.address}{_DATASETS}/{MODEL}/refreshes/{refresh.request_id}"}
            headers |= {"RequestId": "another-id", "x-ms-request-id": "another-id"}
        return Response(status_code=202, headers=headers)

    def _list(self) -> Response:
        """The newest first. As in the real one, what has not ended is Unknown."""
        listed = [self._shown(refresh) | {"requestId": refresh.request_id} for refresh in reversed(self.refreshes)]
        for refresh in self.refreshes:
            if not refresh.is_enhanced:
                refresh.look()
        return JSONResponse({"value": listed})

    def _shown(self, refresh: FakeRefresh) -> dict[str, Any]:
        status = "Unknown" if refresh.is_running else refresh.state.replace("TimedOut", "Failed")
        shown: dict[str, Any] = {"status": status, "startTime": refresh.started.isoformat().replace("+00:00", "Z")}
        if refresh.state != "Disabled":
            shown["extendedStatus"] = refresh.state
        if not refresh.is_running:
            shown["endTime"] = "2026-11-27T13:00:00.1234567Z"
            if refresh.error and not refresh.is_enhanced:
                code, text = refresh.error
                shown["serviceExceptionJson"] = json.dumps({"errorCode": code, "errorDescription": text})
        return shown

    def _details(self, request_id: str, method: str) -> Response:
        refresh = next((item for item in self.refreshes if item.request_id == request_id), None)
        if refresh is None or not refresh.is_enhanced:
            return refusal(404, "RefreshNotFound")
        if method == "DELETE":
            if not refresh.is_running:
                return refusal(400, "RefreshHasEnded")
            refresh.states, refresh.was_canceled = deque(["Cancelled"]), True
            return Response(status_code=200)
        shown = self._shown(refresh) | {"messages": []}
        if refresh.error and not refresh.is_running:
            code, text = refresh.error
            shown["messages"] = [
                {"type": "Warning", "message": "slow"},
                {"code": code, "message": text, "type": "Error"},
            ]
        refresh.look()
        return JSONResponse(shown, status_code=202 if refresh.is_running else 200)

    def token(self, form: dict[str, str]) -> Response:
        """Sign in."""
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": self.secret}
        if {name: form.get(name) for name in wanted} != wanted or not form.get("scope", "").endswith("/.default"):
            said = f"AADSTS7000215: Invalid client secret provided: {form.get('client_secret')}"
            return JSONResponse({"error": "invalid_client", "error_description": said}, 401)
        self.tokens.append(f"{self._token}-{len(self.tokens)}")
        self._uses = 0
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": self.tokens[-1]})

    def lets_in(self, header: str) -> bool:
        """Whether a token is the newest one, and not used up."""
        self._uses += 1
        return bool(self.tokens) and header == f"Bearer {self.tokens[-1]}" and self._uses <= self.token_uses


def refusal(status: int, code: str, message: str = "") -> Response:
    """A refusal as the service words it."""
    return JSONResponse({"error": {"code": code, "message": message}}, status)


class _Cut(Response):
    """Ends the connection in the place of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002  # ASGI
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def _app(service: FakePowerBI) -> Starlette:
    async def sign_in(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        return disturbed(request, lambda: service.token(form))

    async def rest(request: Request) -> Response:
        raw = await request.body()
        body = json.loads(raw) if raw else {}
        header = request.headers.get("authorization", "")
        if not service.lets_in(header):
            is_expired = header.removeprefix("Bearer ") in service.tokens
            return refusal(403, "TokenExpired") if is_expired else refusal(401, "Unauthorized")
        return disturbed(request, lambda: service.answer(request.method, request.url.path, body))

    def disturbed(request: Request, act: Any) -> Response:
        method, path = request.method, request.url.path
        service.asked.append(f"{method} {path}")
        for item in service.disturbances:
            if item.times and item.method == method and path.endswith(item.ends):
                item.times -= 1
                if item.acts:
                    act()
                return JSONResponse(item.body, item.status, item.headers) if item.status else _Cut()
        answer: Response = act()
        return answer

    routes = [
        Route(f"/{TENANT}/oauth2/v2.0/token", sign_in, methods=["POST"]),
        Route("/myorg/{path:path}", rest, methods=["GET", "POST", "DELETE"]),
    ]
    return Starlette(routes=routes)


@contextlib.contextmanager
def fake_power_bi(secret: str = SECRET, first_token: str = TOKEN) -> Iterator[FakePowerBI]:
    """Serve a Power BI service for as long as the context lasts; its tokens begin with `first_token`."""
    service = FakePowerBI(secret, first_token)
    with served(_app(service)) as api:
        service.address = api.address
        yield service
