"""The Glue connection and its secret: every form that AWS documents is read, and no message has a value of a secret."""

import json
import pickle
from typing import Any

import boto3
import pytest

from tiktok_insights.resources.opening import snowflake_arguments
from tiktok_insights.staging.glue.connection import GlueConnection, connection, read_connection
from tiktok_insights.staging.glue.secret import KeyPair, key_pair, read_key_pair
from tiktok_insights.staging.glue.warehouse import GlueWarehouse, SignIn
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.settings.conftest import keys, rsa_key
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written
from tiktok_insights_tests.support.troubleshooting import Told, told

__all__ = ["keys", "rsa_key"]

_CANARY = "canary-of-a-secret"
_PLACE = Namespace("DB", "S", "I", "V")
_SPARK = {"sfUrl": "myorg-acc.snowflakecomputing.com", "sfRole": "R", "sfWarehouse": "W", "secretId": "secret"}
_PROPERTIES = {"HOST": "myorg-acc.snowflakecomputing.com", "ROLE": "R", "WAREHOUSE": "W"}
_AUTHENTICATION = {"AuthenticationType": "CUSTOM", "SecretArn": "secret"}


def version_1(**changed: Any) -> dict[str, Any]:
    """A connection of version 1, as Glue gives it."""
    return {"ConnectionProperties": {"SparkProperties": json.dumps({**_SPARK, **changed})}}


def version_2(arn: str = "secret", **changed: Any) -> dict[str, Any]:
    """A connection of version 2, as Glue gives it."""
    return {
        "ConnectionProperties": {**_PROPERTIES, **changed},
        "AuthenticationConfiguration": {**_AUTHENTICATION, "SecretArn": arn},
    }


@pytest.mark.parametrize(
    ("found", "account"),
    [
        (version_1(), "myorg-acc"),
        (version_2(), "myorg-acc"),
        (
            version_1(sfUrl="https://ab12345.eu-central-1.snowflakecomputing.com:443/", sfDatabase="D"),
            "ab12345.eu-central-1",
        ),
        (version_2(HOST="acc.privatelink.snowflakecomputing.com", PORT="443"), "acc.privatelink"),
        (
            {"ConnectionProperties": {"SparkProperties": json.dumps({k.upper(): v for k, v in _SPARK.items()})}},
            "myorg-acc",
        ),
    ],
)
def test_a_connection_is_read(found: dict[str, Any], account: str) -> None:
    """Of both versions, with the addresses that people copy; Spark's names in any case."""
    assert connection("c", found) == GlueConnection("c", account, "R", "W", "secret")


def test_the_local_stacks_address_is_read() -> None:
    """Its port shows that it is the stack."""
    read = connection("c", version_1(sfUrl="http://127.0.0.1:4711"))
    assert (read.host, read.port) == ("127.0.0.1", 4711)


@pytest.mark.parametrize(
    "url", ["http://myorg-acc.snowflakecomputing.com", "http://10.0.0.1:80", "evil.example", "x y"]
)
def test_another_address_is_refused(url: str) -> None:
    """No sign-in is sent to a server that is not Snowflake's, or unencrypted through a network."""
    with told("The Glue connection <connection> has the URL", repr(url)):
        connection("c", version_1(sfUrl=url))


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (version_1(sfRole=""), ": role."),
        (version_1(sfRole=None, sfWarehouse=7), ": role, warehouse."),
        (version_2(arn=""), ": secret."),
        (version_2(HOST=""), ": url."),
        ({}, ": url, role, warehouse, secret."),
        ({"ConnectionProperties": None, "AuthenticationConfiguration": None}, ": url, role, warehouse, secret."),
    ],
)
def test_what_a_connection_does_not_say_is_named(found: dict[str, Any], missing: str) -> None:
    """Missing, empty, or something else than a text."""
    with told("The Glue connection <connection> does not say", missing):
        connection("c", found)


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 100_000])
def test_spark_properties_of_another_form_are_refused(text: str) -> None:
    """Only a JSON object has properties."""
    with told("SparkProperties of the Glue connection"):
        connection("c", {"ConnectionProperties": {"SparkProperties": text}})


@pytest.mark.parametrize(
    "secret",
    [
        {"sfUser": "u", "pem_private_key": "k", "passphrase": "p"},
        {"username": "u", "private_key": "k", "passphrase": "p"},
        {"USERNAME": "u", "PRIVATE_KEY": "k", "PASSPHRASE": "p", "sfPassword": ""},
    ],
)
def test_a_key_pair_is_read(secret: dict[str, str]) -> None:
    """In both spellings that AWS documents."""
    read = key_pair("s", json.dumps(secret))
    assert read == KeyPair("u", "k", "p")
    assert "'k'" not in repr(read)
    assert "'p'" not in repr(read)


_BAD_SECRETS: list[tuple[str, Told]] = [
    (_CANARY, told("The secret <secret> is not a JSON object", " my-secret ")),
    ("", told("The secret <secret> is not a JSON object", " my-secret ")),
    (json.dumps([_CANARY]), told("The secret <secret> is not a JSON object", " my-secret ")),
    (json.dumps({"sfUser": _CANARY})[:-1], told("The secret <secret> is not a JSON object", " my-secret ")),
    ("[" * 100_000, told("The secret <secret> is not a JSON object", " my-secret ")),
    (json.dumps({"sfUser": _CANARY}), told("The secret <secret> has no key pair", " my-secret ")),
    (json.dumps({"pem_private_key": _CANARY}), told("The secret <secret> has no key pair", " my-secret ")),
    (
        json.dumps({"sfUser": "u", "pem_private_key": [_CANARY]}),
        told("The secret <secret> has no key pair", " my-secret "),
    ),
    (
        json.dumps({"sfUser": _CANARY, "private_key": _CANARY}),
        told("The secret <secret> has no key pair", " my-secret "),
    ),
    (json.dumps({"sfUser": "u", "sfPassword": _CANARY}), told("The secret <secret> holds a password", " my-secret ")),
    (json.dumps({"USERNAME": "u", "PASSWORD": _CANARY}), told("The secret <secret> holds a password", " my-secret ")),
]


@pytest.mark.parametrize(("text", "expected"), _BAD_SECRETS)
def test_a_secret_of_another_form_is_refused_without_its_values(text: str, expected: Told) -> None:
    """One message says what is wrong and what to store; neither it nor its cause has a value."""
    with expected as raised:
        key_pair("my-secret", text)
    assert _CANARY not in repr(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def sign_in(pair: KeyPair, **changed: str) -> SignIn:
    """What opens a session."""
    return SignIn(connection("c", version_1(**changed)), pair, _PLACE, "jr_1")


def test_a_key_that_snowflake_does_not_accept_is_refused(keys: dict[str, Written]) -> None:
    """A text that is no key, a wrong passphrase; neither is shown."""
    encrypted = keys["RSA"].pems["encrypted PKCS#8"]
    for key, passphrase in ((_CANARY, ""), (encrypted, ""), (encrypted, _CANARY), (encrypted[:300], PASSPHRASE)):
        with told("The secret <secret> has no private key") as raised:
            sign_in(KeyPair("u", key, passphrase))()
        assert _CANARY not in repr(raised.value)
        assert raised.value.__cause__ is None
    assert sign_in(KeyPair("u", encrypted, PASSPHRASE)).settings.user == "u"


def test_a_wrong_name_is_refused(keys: dict[str, Written]) -> None:
    """Names appear in SQL."""
    with told("The Glue connection <connection> or the job's arguments", "'x; DROP'"):
        sign_in(KeyPair("u", keys["RSA"].pems["PKCS#8"]), sfRole="x; DROP")()


def test_workers_get_what_they_need_and_read_nothing(keys: dict[str, Written]) -> None:
    """The secret is read once, when the first task is sent; no repr shows it, and the connector gets the key."""
    pem = keys["RSA"].pems["PKCS#8"]
    reads: list[SignIn] = []

    def read() -> SignIn:
        reads.append(sign_in(KeyPair("u", pem)))
        return reads[-1]

    warehouse = GlueWarehouse(read)
    assert reads == []
    sent, again = (pickle.loads(pickle.dumps(warehouse)) for _ in range(2))  # noqa: S301  # our own object
    assert sent == again == reads[0]
    assert len(reads) == 1
    assert not any(line in repr(item) for line in pem.splitlines()[1:-1] for item in (sent, warehouse, sent.settings))
    given = snowflake_arguments(sent.settings, "glue_job", "jr_1")
    assert given["private_key"] == keys["RSA"].der
    assert (given["account"], given["role"], given["warehouse"]) == ("myorg-acc", "R", "W")


def test_what_aws_says_is_passed_on(connections: Connections) -> None:
    """A missing connection or secret is named, with the right that reading it needs."""
    glue, secrets = boto3.client("glue", **connections.aws), boto3.client("secretsmanager", **connections.aws)
    with told("The Glue connection <connection> cannot be read", "not there", "EntityNotFoundException"):
        read_connection(glue, "not there")
    with told("The secret <secret> cannot be read", "not there", "ResourceNotFoundException"):
        read_key_pair(secrets, "not there")
    secrets.create_secret(Name="binary of a test", SecretBinary=_CANARY.encode())
    with told("The secret <secret> is not a JSON object"):
        read_key_pair(secrets, "binary of a test")
    secrets.delete_secret(SecretId="binary of a test", ForceDeleteWithoutRecovery=True)
