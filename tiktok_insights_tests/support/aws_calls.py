"""AWS in the test's process, which records every request at its door: who asked for which permission on what.

Who is the access key with which a request is signed, so a test gives each part of the system a key of its own. A
permission is as IAM names it (docs.aws.amazon.com/service-authorization). A request that this does not know is
recorded as `unknown`, which no policy allows. What policies say belongs in `policies`.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from tiktok_insights_tests.support.aws_in_process import aws_in_process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCOUNT = "123456789012"
#: With which the Glue job signs its requests.
JOB = "job"


@dataclass(frozen=True, order=True)
class Call:
    """A permission that somebody needed."""

    who: str
    action: str
    resource: str


def _database(prefix: str, given: Mapping[str, Any]) -> list[str]:
    name = given.get("DatabaseName") or given["DatabaseInput"]["Name"]
    return [f"{prefix}:catalog", f"{prefix}:database/{name}"]


def _table(prefix: str, given: Mapping[str, Any]) -> list[str]:
    name = given.get("TableName") or given.get("Name") or given["TableInput"]["Name"]
    return [*_database(prefix, given), f"{prefix}:table/{given['DatabaseName']}/{name}"]


def _tables(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [*_database(prefix, given), f"{prefix}:table/{given['DatabaseName']}/*"]


def _crawler(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [f"{prefix}:crawler/{given['Name']}"]


def _connection(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [f"{prefix}:catalog", f"{prefix}:connection/{given['Name']}"]


def _job(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [f"{prefix}:job/{given['JobName']}"]


def _secret(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [
        str(given["SecretId"]) if str(given["SecretId"]).startswith("arn:") else f"{prefix}:secret:{given['SecretId']}"
    ]


def _log_stream(prefix: str, given: Mapping[str, Any]) -> list[str]:
    return [f"{prefix}:log-group:{given['logGroupName']}:log-stream:{given['logStreamName']}"]


#: The resources of each action with a JSON body
#: (docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html).
_RESOURCES: dict[str, Callable[[str, Mapping[str, Any]], list[str]]] = {
    "glue:BatchCreatePartition": _table,
    "glue:BatchDeletePartition": _table,
    "glue:BatchStopJobRun": _job,
    "glue:BatchUpdatePartition": _table,
    "glue:CreateDatabase": _database,
    "glue:CreateTable": _table,
    "glue:GetConnection": _connection,
    "glue:GetCrawler": _crawler,
    "glue:GetJobRun": _job,
    "glue:GetJobRuns": _job,
    "glue:GetPartitions": _table,
    "glue:GetTable": _table,
    "glue:GetTables": _tables,
    "glue:StartCrawler": _crawler,
    "glue:StartJobRun": _job,
    "glue:UpdateTable": _table,
    "logs:GetLogEvents": _log_stream,
    "secretsmanager:GetSecretValue": _secret,
    "secretsmanager:PutSecretValue": _secret,
}
_OBJECT_ACTIONS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}
#: Queries that leave an object's action what it is.
_HARMLESS = {"x-id", "partNumber", "uploadId"}


class RecordingApplication:
    """WSGI middleware that records what each request needs, as soon as it is answered."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.calls: set[Call] = set()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        who, region, service = _signed(environ)
        target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
        if service == "s3":
            needed = _of_s3(environ)
        else:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            needed = _of_service(service, target, region, body)
        found = {"status": ""}

        def noting(status: str, *others: Any) -> Any:
            found["status"] = status
            return start_response(status, *others)

        answer = self._app(environ, noting)
        self.calls.update(Call(who, action, resource) for action, resource in needed)
        if found["status"].startswith("404") and needed[0][0] == "s3:GetObject":
            # Who may not list the bucket is told 403 of an object that is not there.
            bucket = needed[0][1].partition("/")[0]
            self.calls.add(Call(who, "s3:ListBucket", bucket))
        return answer


#: What is asked of a bucket, by the one word of the query.
_BUCKET_QUESTIONS = {"versioning": "s3:GetBucketVersioning", "lifecycle": "s3:GetLifecycleConfiguration"}


def _signed(environ: "WSGIEnvironment") -> tuple[str, str, str]:
    """Who signed a request, for which region and service."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    return (scope[0], scope[2], scope[3]) if len(scope) == 5 else ("unsigned", "", "unknown")


def _of_s3(environ: "WSGIEnvironment") -> list[tuple[str, str]]:
    path = unquote(str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]).partition("?")[0])
    bucket, _, key = path.lstrip("/").partition("/")
    method, query = environ["REQUEST_METHOD"], set(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    arn = f"arn:aws:s3:::{bucket}"
    if not key and (method == "HEAD" or (method == "GET" and "list-type" in query)):
        return [("s3:ListBucket", arn)]
    if not key and method == "GET" and len(query) == 1 and (action := _BUCKET_QUESTIONS.get(*query)):
        return [(action, arn)]
    if not key or query - _HARMLESS or method not in _OBJECT_ACTIONS or "HTTP_X_AMZ_COPY_SOURCE" in environ:
        return [(f"unknown {method} {sorted(query)}", f"{arn}/{key}")]
    needed = [(_OBJECT_ACTIONS[method], f"{arn}/{key}")]
    if method in ("PUT", "DELETE") and "HTTP_IF_MATCH" in environ:
        # docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html and conditional-deletes.html
        needed.append(("s3:GetObject", f"{arn}/{key}"))
    return needed


def _of_service(service: str, target: str, region: str, body: bytes) -> list[tuple[str, str]]:
    action = f"{service}:{target}"
    if action in _RESOURCES:
        found = _RESOURCES[action](f"arn:aws:{service}:{region}:{ACCOUNT}", json.loads(body or b"{}"))
        return [(action, resource) for resource in found]
    form = parse_qs(body.decode(errors="replace"))
    if service == "sns" and form.get("Action") == ["Publish"]:
        return [("sns:Publish", form["TopicArn"][0])]
    if service == "monitoring" and "PutMetricData" in (target, *form.get("Action", ())):
        return [("cloudwatch:PutMetricData", "*")]
    return [(f"unknown {service}:{target or form.get('Action')}", "*")]


@dataclass
class RecordedAws:
    """The served AWS: the arguments of a client that is signed with a key, and what was recorded."""

    url: str
    region: str
    recorded: RecordingApplication = field(repr=False)

    def arguments(self, who: str) -> dict[str, str]:
        """The arguments of boto3's clients."""
        return {
            "endpoint_url": self.url,
            "region_name": self.region,
            "aws_access_key_id": who,
            "aws_secret_access_key": "local",
        }

    def variables(self, who: str) -> dict[str, str]:
        """The environment in which boto3 finds this AWS."""
        return _variables(self.url, who)

    def calls(self, who: str) -> set[Call]:
        """What somebody has needed so far."""
        return {call for call in self.recorded.calls if call.who == who}


@contextmanager
def recorded_aws(folder: Path) -> Iterator[RecordedAws]:
    """Serve AWS whose files are in the folder; Glue jobs that it runs sign with the key `JOB`."""
    from tiktok_insights.local.endpoints import REGION

    with aws_in_process(folder, lambda url: _variables(url, JOB), RecordingApplication) as (url, recorded):
        yield RecordedAws(url, REGION, recorded)


def _variables(url: str, who: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": who,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
