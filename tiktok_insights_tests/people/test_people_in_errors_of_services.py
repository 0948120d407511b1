"""Errors of AWS's services, Power BI, Glue and settings: none repeats a key or a person that it was given.

Errors about data, and those of the API, S3 and the warehouse, are in test_people_in_errors.py.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from tiktok_insights.catalog.partitions import Partitions
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.powerbi.service.api import Api
from tiktok_insights.resources.opening import aws_client
from tiktok_insights.settings.client_settings import S3Settings
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.staging.glue.glue_calls import GlueCalls
from tiktok_insights.suppression.store import LIST_KEY, SuppressionStore
from tiktok_insights.text.quoting import without_secrets
from tiktok_insights_tests.people.test_people_in_errors import said_by
from tiktok_insights_tests.support.fake_power_bi import CLIENT, TENANT, WORKSPACE
from tiktok_insights_tests.support.scripted import Asked, Reply, Script, scripted
from tiktok_insights_tests.support.signs import Signs

pytestmark = pytest.mark.people

SIGNS = Signs(seed=21)
WHO, ID, SECRET = SIGNS.text("user handle"), SIGNS.number("user id"), SIGNS.text("AZURE_POWERBI_CLIENT_SECRET")
TOKEN = SIGNS.text("token")
KEYS = {name: SIGNS.text(name) for name in ("access_key_id", "secret_access_key", "session_token")}


def client_of(service: str, aws: Script) -> Any:
    """A client with planted keys."""
    names: dict[str, Any] = {**KEYS}
    settings = S3Settings(bucket="some-bucket", region="us-east-1", endpoint_url=aws.address, **names)
    return aws_client(service, settings)


def repeated(asked: Asked) -> Reply:
    """An error that repeats the request's headers, in the form of the service."""
    said = "\n".join(f"{name}:{value}" for name, value in asked.headers.items())
    error = {"__type": "InvalidSignatureException", "message": said}
    xml = f"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>{said}</Message></Error></ErrorResponse>"
    return Reply(403, json.dumps(error).encode() if "x-amz-target" in asked.headers else xml.encode())


_CALLS: dict[str, Callable[[Any], Any]] = {
    "glue": lambda glue: GlueCalls(glue).send("get_job", JobName="some-job"),
    "secretsmanager": lambda secrets: secrets.get_secret_value(SecretId="some-secret"),
    "sns": lambda sns: sns.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:alerts", Message="x"),
    "logs": lambda logs: logs.get_log_events(logGroupName="x", logStreamName="y"),
}


@pytest.mark.parametrize("service", _CALLS)
def test_no_error_of_a_service_of_aws_repeats_the_sign_in(service: str) -> None:
    """Whichever form its errors have."""
    with scripted(choose=repeated) as aws:
        said = said_by(lambda: _CALLS[service](client_of(service, aws)))
    assert "Signature" in said
    assert KEYS["session_token"] in aws.asked[0].headers["x-amz-security-token"]
    assert SIGNS.found_in(said.encode()) == set()


def test_no_error_about_the_key_of_the_suppression_list_shows_it(store: ObjectStore) -> None:
    """Neither a secret that is no key, nor one that cannot be read."""
    store.put(LIST_KEY, json.dumps({"version": 1, "digests": []}).encode(), "application/json")
    damaged = Reply(body=json.dumps({"SecretString": f"{SECRET} {WHO}"}).encode())
    for reply in (lambda _: damaged, repeated):
        with scripted(choose=reply) as aws:
            said = said_by(SuppressionStore(store, partial(client_of, "secretsmanager", aws)).read)
        assert "SuppressionError" in said
        assert SIGNS.found_in(said.encode()) == set()


def test_no_error_about_a_partition_repeats_what_glue_says_in_quotes() -> None:
    """It may quote whatever it was given."""
    failure = {
        "PartitionValues": ["7", "2026-01-31"],
        "ErrorDetail": {"ErrorCode": "InvalidInputException", "ErrorMessage": f"The value '{WHO}' ({ID}) is wrong"},
    }
    with scripted(Reply(body=json.dumps({"Errors": [failure]}).encode())) as aws:
        partitions = Partitions(client_of("glue", aws), "tiktok", "followers")
        said = said_by(lambda: partitions.create([{"Values": ["7", "2026-01-31"]}]))
    assert "PartitionRefusedError" in said
    assert SIGNS.found_in(said.encode()) == set()


def of_power_bi(asked: Asked, status: int, body: str) -> Reply:
    """A token, and then an answer that repeats a person, the token, and whatever was sent."""
    if asked.path.endswith("/token") and "sign-in" not in body:
        return Reply(body=json.dumps({"access_token": TOKEN}).encode())
    said = json.dumps(f"Not for '{WHO}' ({ID}): {asked.headers} {asked.body.decode()}")[1:-1]
    return Reply(status, body.replace("SAID", said).encode())


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize(
    "body",
    ['{"error": {"code": "SAID", "message": "SAID"}}', '{"error": "SAID"}', "<html>SAID", '{"error": "sign-in: SAID"}'],
)
def test_no_error_of_power_bi_repeats_its_answers_or_the_secret(status: int, body: str) -> None:
    """Neither from the sign-in, which gets the secret, nor from the service, which gets the token."""
    with scripted(choose=lambda asked: of_power_bi(asked, status, body)) as service:
        settings = PowerBISettings(
            api_url=service.address,
            login_url=service.address,
            tenant_id=TENANT,
            client_id=CLIENT,
            client_secret=SECRET,
            workspace_id=WORKSPACE,
            semantic_model="Model",
        )
        api = Api(settings, attempts=2, first_wait=0.001)
        with suppress(pytest.fail.Exception):
            assert SIGNS.found_in(said_by(lambda: api.get("groups")).encode()) == set()
    assert SECRET in service.asked[0].body.decode()


@pytest.mark.parametrize("shape", ["{}", "https://user:{}@host.example/v1", "https://host.example/v1?key={}"])
@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_no_error_about_a_variable_shows_a_secret_that_is_in_the_wrong_place(name: str, shape: str) -> None:
    """A key in the variable beside its own, or in a URL, is not in the message that says so."""
    secret = SIGNS.text("a secret in the wrong place")
    with suppress(pytest.fail.Exception):
        said = said_by(lambda: read_settings({name: shape.format(f"{secret}Ab0/{secret}")}))
        assert name in said
        assert SIGNS.found_in(said.encode()) == set()


def test_a_url_with_a_key_in_it_is_refused() -> None:
    """Dagster's UI would show it, and each message about the API."""
    for url in (f"https://{SECRET}@host.example", f"https://host.example?key={SECRET}"):
        assert "TIKTOK_API_URL" in said_by(partial(read_settings, {"TIKTOK_API_URL": url}))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pw@api.example.com/v1", "https://…api.example.com/v1"),
        ("https://api.example.com/v1?key=12#x", "https://api.example.com/v1…"),
        ("01234567-89ab-cdef-0123-45678", "01234567-89ab-cdef-0123-45678"),
        ("my-org-account.eu-central-1.snowflakecomputing.com", "my-org-account.eu-central-1.snowflakecomputing.com"),
        ("arn:aws:sns:us-east-1:123456789012:name.fifo", "arn:aws:sns:us-east-1:123456789012:name.fifo"),
        ("Abc8Q~xYz.k-lmn0pqrstuv.wx", "Abc8…"),
        ("0123456789abcdef0123456789abcdef", "0123…"),
        ("9" * 30, "9" * 30),
        ("/home/some_user_2026/tiktok_insights_1", "/home/some_user_2026/tiktok_insights_1"),
    ],
)
def test_a_setting_is_shown_without_what_may_be_a_secret(text: str, shown: str) -> None:
    """Names, IDs of Azure, numbers and paths stay."""
    assert without_secrets(text) == shown
