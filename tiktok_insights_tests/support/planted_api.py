"""The fake API with signs for people: every text of every row is one, and error bodies repeat people and keys.

Who looks for the signs is the tests' business, and so is which faults strike.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from tiktok_insights.local.fake_api import dialect_app, dialect_web
from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.population import Person
from tiktok_insights.local.fake_api.state import Settings
from tiktok_insights_tests.support.served import Api, served
from tiktok_insights_tests.support.signs import Signs

#: Fields that say who it is in digits; every other text is free.
_IDS = ("id", "uid")
_COUNTS = ("stats", "statsV2")
#: What an error may look like whose words are the source's: its status, and a body around what it repeats.
ECHOES: dict[str, tuple[int, str]] = {
    "401": (401, '{{"message": "{echo}"}}'),
    "403": (403, '{{"message": {{"user": "{echo}"}}}}'),
    "404": (404, "<html>{echo}</html>"),
    "418": (418, "{echo}"),
    "429": (429, '{{"message": "{echo}"}}'),
    "429-quota": (429, '{{"message": "quota of {echo}"}}'),
    "503": (503, "{echo}"),
    "html": (200, "{echo}<html>"),
    "half-of-json": (200, '{{"userList": [{{"nickname": "{echo}'),
    "key-twice": (200, '{{"{echo}": 1, "{echo}": 2}}'),
    "code-is-text": (200, '{{"statusCode": "{echo}", "userList": []}}'),
    "code-with-message": (200, '{{"statusCode": 10101, "status_msg": "{echo}", "userList": [1]}}'),
    "unknown-code": (200, '{{"status_code": 77777, "status_msg": "{echo}", "followers": [1]}}'),
    "has-more-is-text": (200, '{{"statusCode": 0, "userList": [], "hasMore": "{echo}"}}'),
    "cursor-is-text": (200, '{{"statusCode": 0, "userList": [], "hasMore": true, "minCursor": "{echo}"}}'),
    "list-is-object": (200, '{{"userList": {{"nickname": "{echo}"}}, "hasMore": true, "minCursor": 0}}'),
    "id-is-text": (200, '{{"userInfo": {{"user": {{"id": "{echo}", "secUid": "{echo}"}}}}}}'),
    "names-are-numbers": (
        200,
        '{{"hasMore": false, "userList": [{{"user": {{"id": {{"{echo}": 1}}, "uniqueId": ["{echo}"]}}}}]}}',
    ),
}


class Echo:
    """Answers in the place of the API while it has a name of `ECHOES`, with a person and all headers of the request."""

    def __init__(self, app: Starlette, person: str) -> None:
        self._app = app
        self._person = person
        self.name = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not self.name or not str(scope.get("path", "")).startswith("/api/"):
            await self._app(scope, receive, send)
            return
        status, body = ECHOES[self.name]
        headers = " ".join(f"{name.decode()}={value.decode()}" for name, value in scope["headers"])
        said = json.dumps(f"{self._person} {headers}")[1:-1]
        start = {"type": "http.response.start", "status": status, "headers": [(b"x-echo", said.encode())]}
        await send(start)
        await send({"type": "http.response.body", "body": body.format(echo=said).encode()})


@contextmanager
def planted_api(folder: Path, signs: Signs) -> Iterator[tuple[Api, Echo]]:
    """Serve the fake API, whose people are signs."""
    echo = Echo(create_app(folder, settings=Settings()), signs.text("a person in an error of the API"))
    with (
        patch.object(dialect_web, "person_row", _planted(dialect_web.person_row, signs)),
        patch.object(dialect_app, "person_row", _planted(dialect_app.person_row, signs)),
        served(echo) as api,  # type: ignore[arg-type]  # any ASGI application will do
    ):
        yield api, echo


def _planted(render: Any, signs: Signs) -> Any:
    def row(person: Person, account: Account, *, at: int, read: int) -> dict[str, Any]:
        """The row, with a sign for each text, and with fields that no one knows."""
        given: dict[str, Any] = render(person, account, at=at, read=read)
        # An account is no follower: its handle and its IDs are the user's own settings.
        is_account = person.unique_id == account.handle
        kept = ("id", "uid", "secUid", "uniqueId") if is_account else ()
        who = f"{'account' if is_account else 'user'} {person.tiktok_id}"
        given["unknownText"], given["unknownObject"] = "-", {"unknown": ["-"]}
        return {
            name: value if name in (*_COUNTS, *kept) else _signs_for(signs, value, f"{who} {name}", kept)
            for name, value in given.items()
        }

    return row


def _signs_for(signs: Signs, value: Any, what: str, kept: tuple[str, ...]) -> Any:
    """The value, with signs in the place of all texts in it."""
    name = what.rpartition(" ")[2].rpartition(".")[2]
    if isinstance(value, dict):
        return {
            key: inner if key in kept else _signs_for(signs, inner, f"{what}.{key}", kept)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_signs_for(signs, inner, f"{what}.{place}", kept) for place, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    if name in _IDS:
        return signs.number(what)
    sign = signs.text(what)
    return f"https://p16.example/{sign}?x-expires=1" if value.startswith("http") else sign
