"""AWS in the test's process that denies permissions, in the words of each service.

Here: which permissions a request needs, and what AWS answers where one is missing. What policies grant belongs in
`policy_pairs`.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import boto3

from tiktok_insights_tests.support.aws_in_process import aws_in_process
from tiktok_insights_tests.support.policy_pairs import Pair, most_specific

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCOUNT, REGION = "123456789012", "us-east-1"
_GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}:"
_S3_ACTIONS = {"GET": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}
_IN_A_TABLE = re.compile("Partition|Table")


@dataclass
class DenyingApplication:
    """WSGI middleware that denies what is attributed to `denied`, one of the `granted` permissions.

    A request belongs to the most specific of the granted permissions that allow it; without any, everything is
    allowed. `may_simulate` is whether whoever
    asks may ask IAM. `requests` are the actions of all requests.
    """

    app: "WSGIApplication"
    granted: tuple[Pair, ...] = ()
    denied: frozenset[Pair] = frozenset()
    may_simulate: bool = False
    requests: list[str] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        if not self.granted:
            return self.app(environ, start_response)
        service = _service(environ)
        body = b""
        if service != "s3":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
        form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
        needed = _of_s3(environ) if service == "s3" else _of_service(service, environ, body, form)
        self.requests += [action for action, _ in needed[:1]]
        if form.get("Action") == "SimulatePrincipalPolicy":
            return self._simulate(form, start_response)
        for action, resource in needed:
            if self._is_denied(action, resource):
                return _deny(service, action, resource, start_response)
        if service == "s3" and environ["REQUEST_METHOD"] == "GET" and needed[0][0] == "s3:GetObject":
            return self._get_object(environ, needed[0][1].partition("/")[0], start_response)
        return self.app(environ, start_response)

    def _is_denied(self, action: str, resource: str) -> bool:
        return most_specific(self.granted, action, resource) in self.denied

    def _get_object(self, environ: "WSGIEnvironment", bucket: str, start_response: "StartResponse") -> Iterable[bytes]:
        """Whoever may not list the bucket is not told that an object is missing."""
        told: list[Any] = []
        answer = list(self.app(environ, lambda *given: told.append(given) or (lambda _: None)))  # type: ignore[func-returns-value]
        if str(told[0][0]).startswith("404") and self._is_denied("s3:ListBucket", bucket):
            return _deny("s3", "s3:ListBucket", bucket, start_response)
        start_response(*told[0])
        return answer

    def _simulate(self, form: Mapping[str, str], start_response: "StartResponse") -> Iterable[bytes]:
        if not self.may_simulate:
            return _deny("iam", "iam:SimulatePrincipalPolicy", form["PolicySourceArn"], start_response)
        action, resource = form["ActionNames.member.1"], form["ResourceArns.member.1"]
        decision = "implicitDeny" if self._is_denied(action, resource) else "allowed"
        result = f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision></member>"
        return _xml(
            start_response,
            "200 OK",
            '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
            f"<SimulatePrincipalPolicyResult><EvaluationResults>{result}</EvaluationResults>"
            "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>",
        )


def _service(environ: "WSGIEnvironment") -> str:
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    return str(scope[3])


def _of_s3(environ: "WSGIEnvironment") -> list[tuple[str, str]]:
    bucket, _, key = environ["PATH_INFO"].lstrip("/").partition("/")
    if not key:
        return [("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
    arn = f"arn:aws:s3:::{bucket}/{key}"
    needed = [(_S3_ACTIONS[environ["REQUEST_METHOD"]], arn)]
    if environ["REQUEST_METHOD"] != "GET" and "HTTP_IF_MATCH" in environ:
        needed.append(("s3:GetObject", arn))
    return needed


def _of_service(
    service: str, environ: "WSGIEnvironment", body: bytes, form: Mapping[str, str]
) -> list[tuple[str, str]]:
    action = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2] or form.get("Action", "")
    if service == "glue":
        return [(f"glue:{action}", _GLUE + place) for place in _glue_places(action, json.loads(body))]
    if service == "secretsmanager":
        given = json.loads(body)
        secret = f"{given.get('SecretId') or given['Name']}-AbCdEf"
        return [(f"secretsmanager:{action}", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{secret}")]
    if service == "logs":
        given = json.loads(body)
        place = f"log-group:{given['logGroupName']}:log-stream:{given.get('logStreamName', '')}"
        return [(f"logs:{action}", f"arn:aws:logs:{REGION}:{ACCOUNT}:{place}")]
    if service == "sns":
        return [("sns:Publish" if action.startswith("Publish") else f"sns:{action}", form.get("TopicArn", "*"))]
    if service == "monitoring":
        return [(f"cloudwatch:{action}", "*")]
    return [(f"{service}:{action}", "*")]


def _glue_places(action: str, given: Mapping[str, Any]) -> list[str]:
    """Docs: docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html."""
    if "JobName" in given:
        return [f"job/{given['JobName']}"]
    if "Crawler" in action:
        return [f"crawler/{given['Name']}"]
    database = given.get("DatabaseName") or given["DatabaseInput"]["Name"]
    places = ["catalog", f"database/{database}"]
    if _IN_A_TABLE.search(action):
        table = given.get("TableName") or given.get("Name") or given.get("TableInput", {}).get("Name", "*")
        places.append(f"table/{database}/{table}")
    return places


def _deny(service: str, action: str, resource: str, start_response: "StartResponse") -> Iterable[bytes]:
    """Refuse a request as the service does; the words are those of AWS's guide to access denied errors."""
    named = "" if resource == "*" else f" on resource: {resource}"
    said = f"{'SNS:Publish' if service == 'sns' else action}"
    message = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/session is not authorized to perform: {said}{named} "
        f"because no identity-based policy allows the {said} action"
    )
    if service == "s3":
        quoted = message.replace(resource, f'"{resource}"')
        return _xml(
            start_response,
            "403 Forbidden",
            f"<Error><Code>AccessDenied</Code><Message>{escape(quoted)}</Message></Error>",
        )
    if service in ("sns", "iam"):
        code = "AuthorizationError" if service == "sns" else "AccessDenied"
        error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
        return _xml(start_response, "403 Forbidden", f"<ErrorResponse><Error>{error}</Error></ErrorResponse>")
    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": "AccessDeniedException", "Message": message}).encode()]


def _xml(start_response: "StartResponse", status: str, body: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/xml")])
    return [f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()]


@dataclass
class DenyingAws:
    """The served AWS, what it denies, and the folder of its files."""

    url: str
    folder: Path
    door: DenyingApplication

    def client(self, service: str) -> Any:
        """A client of it."""
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)  # type: ignore[call-overload]


@contextmanager
def denying_aws(folder: Path) -> Iterator[DenyingAws]:
    """Serve AWS whose files are in the folder; at first it denies nothing."""
    with aws_in_process(folder, lambda url: {"AWS_ENDPOINT_URL": url}, DenyingApplication) as (url, door):
        yield DenyingAws(url, folder, door)
