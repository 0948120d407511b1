"""Errors that quote others: each is provoked with people and keys of 20 characters in everything that it could quote.

That every class of errors is provoked is seen by `test_messages`, and that none of their messages has a person or a key
of the tests' usual data, by `troubleshooting.told`, through which all of them come. What runs do with errors is in
test_people_in_logs.py.
"""

import json
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.people.receipt import read_receipt
from tiktok_insights.powerbi.service.models import read_list, read_model, read_refresh
from tiktok_insights.powerbi.service.reasons import failure
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.resources.opening import aws_client
from tiktok_insights.schema import ColumnKind
from tiktok_insights.settings.client_settings import S3Settings
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights.staging.glue import job
from tiktok_insights.staging.glue.arguments import JOB_RUN_ID, JobArguments
from tiktok_insights.staging.header import columns_of
from tiktok_insights.staging.id_findings import ALL, ZEROS
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.text.quoting import field_name, quoted, without_values
from tiktok_insights.tiktok import body_codes, strict_json
from tiktok_insights.tiktok.json_values import text_of
from tiktok_insights.tiktok.known_fields import unknown_fields
from tiktok_insights_tests.support.planted_api import ECHOES, planted_api
from tiktok_insights_tests.support.planted_files import FILES, FilePerson
from tiktok_insights_tests.support.scripted import Asked, Reply, scripted
from tiktok_insights_tests.support.signs import Signs
from tiktok_insights_tests.support.sources import client_for

pytestmark = pytest.mark.people

SIGNS = Signs(seed=20)
WHO, ID = SIGNS.text("user handle"), SIGNS.number("user id")
KEYS = {name: SIGNS.text(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}


def said_by(provoke: Callable[[], object]) -> str:
    """All that an error and those behind it say, as Dagster stores it; it must come."""
    try:
        provoke()
    except Exception as error:  # noqa: BLE001  # whatever it is, it must not name anyone
        return "".join([*traceback.format_exception(error), repr(error.args)])
    return pytest.fail("nothing was raised")


def test_no_error_of_the_api_repeats_its_answers_or_the_key(tmp_path: Path) -> None:
    """Error pages, codes, broken JSON and wrong types, in the place of a profile and of a page."""
    said = []
    with planted_api(tmp_path, SIGNS) as (api, echo):
        for echo.name in ECHOES:
            client = client_for(api.address, key=SIGNS.text("RAPIDAPI_KEY") * 2, attempts=2)
            said += [said_by(partial(client.account, "some.shop"))]
            with suppress(pytest.fail.Exception):
                said += [said_by(partial(client.followers, "MS4wLjABAAAAx", 0))]
    assert len(said) > len(ECHOES)
    assert [text for text in said if SIGNS.found_in(text.encode())] == []
    kinds = {line.partition(":")[0].rpartition(".")[2] for text in said for line in text.splitlines()}
    assert kinds >= {
        "BurstLimitedError", "QuotaExhaustedError", "RefusedError", "SchemaDriftError", "TransientError",
        "UnreachableError", "UnreadableBodyError",
    }  # fmt: skip


def repeated(asked: Asked) -> Reply:
    """An error of AWS that repeats the request, as the one about a wrong signature does."""
    said = "\n".join(f"{name}:{value}" for name, value in asked.headers.items())
    return Reply(403, f"<Error><Code>SignatureDoesNotMatch</Code><Message>{said}</Message></Error>".encode())


def test_no_error_of_aws_repeats_the_sign_in() -> None:
    """Neither the key's ID, the token nor the signature is in an error about the signature."""
    with scripted(choose=repeated) as aws:
        names: dict[str, Any] = {name.removeprefix("AWS_").lower(): value for name, value in KEYS.items()}
        settings = S3Settings(bucket="some-bucket", region="us-east-1", endpoint_url=aws.address, **names)
        said = said_by(lambda: aws_client("s3", settings).get_object(Bucket="some-bucket", Key="some/key"))
    assert "SignatureDoesNotMatch" in said
    assert KEYS["AWS_SESSION_TOKEN"] in aws.asked[0].headers["x-amz-security-token"]
    assert SIGNS.found_in(said.encode()) == set()
    signature = aws.asked[0].headers["authorization"].rpartition("Signature=")[2]
    assert signature not in said


def test_the_glue_job_repeats_no_sign_in(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither on standard output, of which a run shows the error, nor in the traceback, which stays in CloudWatch."""
    with scripted(choose=repeated) as aws:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": aws.address, "AWS_REGION": "us-east-1"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        namespace = Namespace("DB", "PUBLIC", "INTERNAL", "MAIN")
        arguments = JobArguments("some-bucket", "20260131T000000Z-x", "some-connection", namespace)
        given = {**arguments.to_glue(), JOB_RUN_ID: "jr_1"}
        error = job.main([word for pair in given.items() for word in pair])
    said = capfd.readouterr()
    assert "SignatureDoesNotMatch" in error
    assert "SignatureDoesNotMatch" in said.err
    assert SIGNS.found_in(f"{error}{said}".encode()) == set()


def test_no_error_of_the_warehouse_quotes_a_row(session: Session) -> None:
    """It keeps the names of our tables, and what is wrong; a person's own statements are not touched."""
    said = said_by(lambda: session.query("SELECT CAST(? AS INTEGER)", [WHO]))
    assert SIGNS.found_in(said.encode()) == set()
    own = said_by(lambda: session.script(f"SELECT CAST('{WHO}' AS INTEGER)"))
    assert SIGNS.found_in(own.encode()) == {"user handle"}
    missing = said_by(lambda: session.query(f"SELECT {WHO} FROM TIKTOK_DATA"))
    assert SIGNS.found_in(missing.encode()) == set()


@pytest.mark.parametrize("name", FILES)
def test_no_reason_of_a_refused_file_names_who_is_in_its_header(name: str) -> None:
    """A file without a header has a person there."""
    line = FILES[name](FilePerson(SIGNS, "file")).splitlines(keepends=True)[0]
    with suppress(pytest.fail.Exception):
        assert SIGNS.found_in(said_by(lambda: columns_of(line)).encode()) == set()


_REFRESH = {"status": "Failed", "endTime": "2026-01-31T12:00:00Z", "requestId": "1"}
#: What reads texts of others, with someone in it: what it says.
_READERS: dict[str, Callable[[], Any]] = {
    "a code of the API": lambda: body_codes.check({"statusCode": WHO, "status_msg": ID, "userList": [1]}),
    "a value of the API": lambda: text_of({"nickname": WHO}, ColumnKind.COUNT),
    "an ID as a number": lambda: text_of(int(ID), ColumnKind.TEXT),
    "JSON that is cut off": lambda: strict_json.loads(f'{{"nickname": "{WHO}'.encode()),
    "JSON with a key twice": lambda: strict_json.loads(f'{{"{ID}": 1, "{ID}": 2}}'.encode()),
    "a manifest": lambda: Manifest.from_json(json.dumps({WHO: 1, "pages": [], "holes": []}).encode(), "s3://b/k"),
    "a manifest's numbers": lambda: Manifest.from_json(json.dumps({"pages": [], "holes": [[WHO, 1]]}).encode(), "s3"),
    "a suppression list": lambda: SuppressionList.from_json(json.dumps({"digests": [WHO]}).encode(), b"", "s3://b/k"),
    "a list of Power BI": lambda: read_list({"who": WHO, ID: WHO}),
    "a refresh of Power BI": lambda: read_refresh({"who": WHO}),
    "a model of Power BI": lambda: read_model({"name": WHO}),
    "a private key": lambda: private_key_der(SIGNS.text("SNOWFLAKE_PRIVATE_KEY"), SIGNS.text("SNOWFLAKE_P")),
    "a private key in PEM": lambda: private_key_der(
        f"-----BEGIN PRIVATE KEY-----\n{SIGNS.text('SNOWFLAKE_PRIVATE_KEY')}\n-----END PRIVATE KEY-----", ""
    ),
    "an address of Slack": lambda: read_settings({"ALERT_SLACK_URL": f"http://x/{SIGNS.text('ALERT_SLACK_URL')}"}),
    "an address of a webhook": lambda: read_settings({"ALERT_WEBHOOK_URL": SIGNS.text("ALERT_WEBHOOK_URL")}),
}


@pytest.mark.parametrize("name", _READERS)
def test_no_error_quotes_whom_it_could_not_read(name: str) -> None:
    """Nor does an error behind it."""
    assert SIGNS.found_in(said_by(_READERS[name]).encode()) == set()


def test_no_error_quotes_whom_a_failed_refresh_or_a_receipt_names(tmp_path: Path) -> None:
    """Power BI names the value that stands twice; any file may be named as a receipt."""
    error = {"errorCode": "Processed", "errorDescription": f"The column 'TIKTOK_ID' has a duplicate value '{ID}'."}
    refresh = read_refresh({**_REFRESH, "serviceExceptionJson": json.dumps(error)})
    said = str(failure(refresh))
    assert "duplicate value '…'" in said
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps({"search": WHO, ID: 1}), encoding="utf-8")
    said += said_by(lambda: read_receipt(path, lambda _: ""))
    said += ZEROS.said(ALL, int(ID), int(ID) + 10_000)
    said += " ".join(unknown_fields({"userList": [{ID: 1, "user": {WHO: 1}}], WHO: 2}))
    assert SIGNS.found_in(said.encode()) == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"message": "You are not subscribed to this API."}', '{"message": "You are not subscribed to this API."}'),
        (f'{{"message": "Invalid user {WHO} ({ID})"}}', '{"message": "Invalid user … (…)"}'),
        ("Anna Smith \U0001f9c1 has exceeded the quota", "… has exceeded the quota"),
        ("7.42e+18", "7.42e+18"),
        ("<!DOCTYPE html><html>Anna</html>", "<!DOCTYPE html><html>…</html>"),
    ],
)
def test_known_words_are_quoted(text: str, shown: str) -> None:
    """Everything else is one sign for several words."""
    assert quoted(text) == shown


def test_what_an_error_of_another_program_says_stays_without_its_values() -> None:
    """Its own words stay, and names of tables that it is given; a value may have quotes in it."""
    error = "Numeric value 'it's Anna' is not recognized\n  File 'x1', line 3, character 14, table \"DB.PUBLIC.THINGS\""
    assert without_values(error, ["DB", "PUBLIC.THINGS"]) == (
        "Numeric value 'it'…' is not recognized\n  File '…', line 3, character 14, table \"DB.PUBLIC.THINGS\""
    )
    assert without_values(f"No space is left for {ID}") == "No space is left for …"
    assert [field_name(name) for name in ("avatarLarger", "statsV2", "new_field", ID, WHO)] == [
        "avatarLarger", "statsV2", "new_field", "…", "…"
    ]  # fmt: skip
