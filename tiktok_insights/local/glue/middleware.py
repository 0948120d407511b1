"""WSGI middleware: the actions of Glue that are answered here, as JSON; all others go to moto."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tiktok_insights.local.endpoints import REGION
from tiktok_insights.local.glue.errors import GlueError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Takes the region and the parameters of a request; gives the answer, or raises GlueError.
Action = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

_TARGET = "AWSGlue."
_TYPE = ("Content-Type", "application/x-amz-json-1.1")
_logger = logging.getLogger(__name__)


class GlueApplication:
    """Serves `actions` in front of another application."""

    def __init__(self, app: "WSGIApplication", actions: Mapping[str, Action]) -> None:
        self._app = app
        self._actions = actions

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
        action = self._actions.get(target.removeprefix(_TARGET)) if target.startswith(_TARGET) else None
        if action is None:
            return self._app(environ, start_response)
        status, answer = _answer(action, environ)
        start_response(status, [_TYPE])
        return [json.dumps(answer, default=_seconds).encode()]


def _answer(action: Action, environ: "WSGIEnvironment") -> tuple[str, Mapping[str, Any]]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        return "200 OK", action(_region(environ), json.loads(body or b"{}"))
    except GlueError as error:
        return "400 Bad Request", {"__type": error.code, "message": str(error)}
    except Exception as error:
        _logger.exception("Glue could not answer.")
        return "500 Internal Server Error", {"__type": "InternalServiceException", "message": repr(error)}


def _region(environ: "WSGIEnvironment") -> str:
    """The region in the signature's scope, `key/date/region/service/aws4_request`."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    return scope[-3] if len(scope) == len(("key", "date", "region", "service", "end")) else REGION


def _seconds(value: object) -> float:
    """A moment of moto's, which are in UTC and do not say so, as AWS writes it: in seconds since the epoch."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    raise TypeError(f"{value!r} has no place in an answer of Glue")
