"""Fail points: every request of a load to AWS or to the warehouse has a number, and the one that is named fails.

Both clients are met at their HTTP door, below their own retries: a lost answer is a broken connection to them, and they
send again what the server has done already. What a load is, and what must hold after it, is the tests' business.
"""

import gzip
import http.client
import io
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from botocore.httpsession import URLLib3Session
from snowflake.connector.vendored.requests.adapters import HTTPAdapter

#: The requests that change nothing.
_ASKING = ("S3 GET", "S3 HEAD", "S3 list", "Glue Get", "Secrets Get", "SELECT", "log in", "log out")


class Moment(Enum):
    """When a request fails: never sent; its answer is the last that arrives; sent and none, or half an answer comes."""

    BEFORE = "before"
    AFTER = "after"
    ANSWER_LOST = "answer-lost"
    ANSWER_CUT = "answer-cut"

    @property
    def breaks_the_answer(self) -> bool:
        """Whether the server has done it, and its answer does not arrive whole."""
        return self in (Moment.ANSWER_LOST, Moment.ANSWER_CUT)


class Manner(Enum):
    """How: an exception (for an answer, a broken connection), or the end of the process."""

    RAISE = "raise"
    SIGKILL = "sigkill"


@dataclass(frozen=True)
class FailPoint:
    """The number of a request, from 0, and what becomes of it.

    With a `kind`, only the requests count whose names begin with it: which of several threads is first is chance.
    """

    number: int
    moment: Moment
    manner: Manner
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.moment.value}-{self.manner.value}"

    @staticmethod
    def named(name: str) -> "FailPoint":
        """The fail point with this name, as `str` gives it."""
        number, _, rest = name.partition("-")
        moment, _, manner = rest.rpartition("-")
        return FailPoint(int(number), Moment(moment), Manner(manner))


class Interrupted(BaseException):
    """The load is over at this place, as at Ctrl-C or when a person cancels the run: nothing may handle that."""


class InterruptedInThreadError(Exception):
    """As above, in a thread of the connector's own, which waits forever for one that ends otherwise."""


class Requests:
    """The names of the requests that were sent, in order; at the point, if there is one, the load fails.

    `statements` has the warehouse's statements as they were written.
    """

    def __init__(self, point: FailPoint | None = None) -> None:
        self.names: list[str] = []
        self.statements: list[str] = []
        self.reached = False
        self._point = point
        #: The point whose answer this thread is about to get.
        self._losing = threading.local()
        self._numbering = threading.Lock()

    @contextmanager
    def watched(self) -> Iterator["Requests"]:
        """Number, and fail, all requests that this process sends meanwhile."""
        send_aws: Any = URLLib3Session.send
        send_sql: Any = HTTPAdapter.send
        get_response: Any = http.client.HTTPConnection.getresponse

        def aws(session: URLLib3Session, request: Any) -> Any:
            return self._pass(_aws_name(request), lambda: send_aws(session, request))

        def sql(adapter: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> Any:
            self.statements += _statement(request)
            return self._pass(_sql_name(request), lambda: send_sql(adapter, request, *args, **kwargs))

        def answer(connection: http.client.HTTPConnection) -> Any:
            point = self._losing.__dict__.pop("point", None)
            return self._answer(point, connection, get_response) if point else get_response(connection)

        with (
            patch.object(URLLib3Session, "send", aws),
            patch.object(HTTPAdapter, "send", sql),
            patch.object(http.client.HTTPConnection, "getresponse", answer),
        ):
            yield self

    def is_at(self, point: FailPoint) -> bool:
        """Whether the request that is to be sent now, the last of the names, is the one that fails."""
        if not point.kind:
            return len(self.names) - 1 == point.number
        is_of_kind = self.names[-1].startswith(point.kind)
        return is_of_kind and sum(name.startswith(point.kind) for name in self.names) - 1 == point.number

    def point_now(self) -> FailPoint | None:
        """The point, if the request that is to be sent now is the one that fails."""
        if self._point is None or self.reached or not self.is_at(self._point):
            return None
        self.reached = True
        return self._point

    def end(self, point: FailPoint) -> None:
        """End the load."""
        if point.manner is Manner.SIGKILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if threading.current_thread() is threading.main_thread():
            raise Interrupted(f"at the fail point {point}")
        raise InterruptedInThreadError(f"at the fail point {point}")

    def change_file(self, name: str, change: Callable[[], Any]) -> Any:
        """Number, and fail, a change of a file, as if it were a request."""
        return self._pass(f"file {name}", change)

    def _pass(self, name: str, send: Callable[[], Any]) -> Any:
        with self._numbering:
            self.names.append(name)
            point = self.point_now()
        if point and point.moment is Moment.BEFORE:
            self.end(point)
        if point and point.moment.breaks_the_answer:
            self._losing.point = point
        answer = send()
        if point and point.moment is Moment.AFTER:
            self.end(point)
        return answer

    def _answer(
        self, point: FailPoint, connection: http.client.HTTPConnection, get_response: Callable[..., Any]
    ) -> Any:
        """The request is sent. Who is killed waits for nothing; a connection breaks when the server has done it."""
        if point.manner is Manner.SIGKILL:
            self.end(point)
            return get_response(connection)
        response = get_response(connection)
        if point.moment is Moment.ANSWER_CUT:
            return _cut(response)
        response.read()
        connection.close()
        raise ConnectionResetError("the answer was lost")


def _cut(response: http.client.HTTPResponse) -> http.client.HTTPResponse:
    """The same answer, of whose body the first half comes."""
    body = response.read()
    response.fp = io.BufferedReader(io.BytesIO(body[: len(body) // 2]))
    response.chunked = False
    response.length = len(body)
    del response.headers["Transfer-Encoding"], response.headers["Content-Length"]
    response.headers["Content-Length"] = str(len(body))
    return response


def changes_something(name: str) -> bool:
    """Whether the request with this name writes."""
    return not name.startswith(_ASKING)


def _aws_name(request: Any) -> str:
    """Such as `Glue CreateTable` or `S3 PUT quarantine/...`."""
    if target := request.headers.get("X-Amz-Target"):
        text = target.decode() if isinstance(target, bytes) else str(target)
        service = "Secrets" if text.startswith("secretsmanager.") else "Glue"
        return f"{service} {text.rpartition('.')[2]}"
    url = urlsplit(request.url)
    key = unquote(url.path).lstrip("/").partition("/")[2]
    if "list-type=" in url.query:
        prefix = next(word for word in url.query.split("&") if word.startswith("prefix="))
        return f"S3 list {unquote(prefix.removeprefix('prefix='))}"
    return f"S3 {request.method} {key}"


def _sql_name(request: Any) -> str:
    """The first words of a statement, such as `INSERT INTO LOAD_BATCHES`; or what else the connector asks for."""
    path = urlsplit(request.url).path
    for statement in _statement(request):
        words = statement.split()
        # The names of uploaded files are chance.
        return "PUT" if words[0] == "PUT" else " ".join(words[:3])
    return {"/session": "log out", "/session/v1/login-request": "log in"}.get(path, f"upload {path.split('/')[1]}")


def _statement(request: Any) -> list[str]:
    """The statement that a request has, if it has one."""
    if not urlsplit(request.url).path.endswith("/query-request"):
        return []
    return [json.loads(gzip.decompress(request.body))["sqlText"]]
