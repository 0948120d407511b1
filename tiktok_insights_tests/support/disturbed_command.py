"""A command, or Dagster's own, whose requests to AWS or to the warehouse fail as the environment says.

A module that `warm_start` may serve. Which faults there are is drawn in `failing_runs`.
"""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from unittest.mock import patch

from botocore.httpsession import URLLib3Session
from snowflake.connector import SnowflakeConnection
from snowflake.connector.vendored.requests.adapters import HTTPAdapter

from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests, _aws_name, _sql_name

#: The variable with the file for the texts of the warehouse's statements, without bound values.
STATEMENTS = "FAILING_RUN_STATEMENTS"
#: The variable with host and port of the warehouse for a deployment `aws`, for which no setting exists.
WAREHOUSE = "FAILING_RUN_WAREHOUSE"
#: The variable with the fault: `where` ("aws" or "sql"), `kind`, `number`, `how`, and what an error should repeat.
FAULT = "FAILING_RUN"
_AWS_ERROR = "<Error><Code>{code}</Code><Message>{said}</Message><Resource>{said}</Resource></Error>"
#: An error of Snowflake: a value that does not fit, a row that stands twice, a statement that it repeats.
_SQL_ERRORS = (
    ("100038", "22018", "Numeric value '{said}' is not recognized"),
    ("100090", "42P18", "Duplicate row detected during DML action Row Values: [{said}]"),
    ("001003", "42000", 'SQL compilation error: syntax error line 1 at position 0 unexpected "{said}".'),
    ("100078", "22000", "String '{said}' is too long and would be truncated"),
)


def main() -> None:
    """Be `tiktok-insights`, or `dagster` where that is the first word, with the fault."""
    fault = json.loads(os.environ.pop(FAULT, "{}"))
    with ExitStack() as stack:
        stack.enter_context(_recorded(Path(os.environ.pop(STATEMENTS))))
        if address := os.environ.pop(WAREHOUSE, ""):
            stack.enter_context(_warehouse_at(*address.split(":")))
        if fault:
            stack.enter_context(_disturbed(fault))
        if sys.argv[1:2] == ["dagster"]:
            sys.argv.pop(1)
            (dagster,) = entry_points(group="console_scripts", name="dagster")
            dagster.load()()
            return
        from tiktok_insights.cli import main as command

        command()


@contextmanager
def _warehouse_at(host: str, port: str) -> Iterator[None]:
    """Let sessions of an account go to this server."""
    connect: Any = SnowflakeConnection.connect

    def there(connection: SnowflakeConnection, **given: Any) -> Any:
        return connect(connection, **{**given, "host": host, "port": int(port), "protocol": "http"})

    with patch.object(SnowflakeConnection, "connect", there):
        yield


@contextmanager
def _recorded(path: Path) -> Iterator[None]:
    """Add what the warehouse's history will have: the statements, their tags, and the parameters of sessions."""
    send: Any = HTTPAdapter.send

    def record(adapter: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.body and "/query-request" in request.url:
            asked = json.loads(gzip.decompress(request.body))
            asked.pop("bindings", None)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(asked)}\n")
        return send(adapter, request, *args, **kwargs)

    with patch.object(HTTPAdapter, "send", record):
        yield


@contextmanager
def _disturbed(fault: dict[str, Any]) -> Iterator[None]:
    if fault["how"] == "echo":
        with _echoing(fault):
            yield
        return
    manner = Manner.SIGKILL if fault["how"] == "sigkill" else Manner.RAISE
    with Requests(FailPoint(fault["number"], Moment(fault["moment"]), manner, fault["kind"])).watched():
        yield


@contextmanager
def _echoing(fault: dict[str, Any]) -> Iterator[None]:
    """Let the server refuse each request of the kind from the numbered one on, and repeat it with a person."""
    send_aws: Any = URLLib3Session.send
    send_sql: Any = HTTPAdapter.send
    seen = [0]

    def is_hit(name: str) -> bool:
        seen[0] += name.startswith(fault["kind"])
        return name.startswith(fault["kind"]) and seen[0] > fault["number"]

    def aws(session: URLLib3Session, request: Any) -> Any:
        answer = send_aws(session, request)
        if fault["where"] == "aws" and is_hit(_aws_name(request)):
            said = _repeated(request).replace("<", "").replace("&", "")
            answer.status_code = fault["status"]
            is_json = "X-Amz-Target" in request.headers
            error = json.dumps({"__type": fault["code"], "message": said})
            answer._content = (error if is_json else _AWS_ERROR.format(code=fault["code"], said=said)).encode()
        return answer

    def sql(adapter: HTTPAdapter, request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = send_sql(adapter, request, *args, **kwargs)
        name = _sql_name(request)
        if fault["where"] == "sql" and not name.startswith(("log", "upload")) and is_hit(name):
            code, state, text = _SQL_ERRORS[fault["number"] % len(_SQL_ERRORS)]
            said = text.format(said=f"{fault['said']} {_repeated(request)}")
            data = {"errorCode": code, "sqlState": state, "internalError": False, "queryId": "1"}
            answer._content = json.dumps({"data": data, "code": code, "message": said, "success": False}).encode()
        return answer

    with patch.object(URLLib3Session, "send", aws), patch.object(HTTPAdapter, "send", sql):
        yield


def _repeated(request: Any) -> str:
    """The request's headers, which have its token."""
    headers = {str(name): value for name, value in request.headers.items()}
    texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    return " ".join(f"{name}={value}" for name, value in texts.items())
