"""Secrets are planted as canaries and looked for in everything that a run leaves behind."""

import gzip
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights_tests.settings.conftest import keys, rsa_key
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.fake_power_bi import SECRET, Course, fake_power_bi
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written
from tiktok_insights_tests.support.scripted import Asked, Reply, scripted

pytestmark = pytest.mark.commands

__all__ = ["keys", "rsa_key"]

_CANARY = "canary-key-4f1d0c6a9b7e2d35-of-fifty-characters-or-so"
_CLIENTS = ("tiktok", "s3", "glue", "snowflake", "power_bi")
_AWS_CANARY = "canary-secret-access-key-7b3f"

_REFUSAL = f"Invalid API key {_CANARY}."
_INFO = Reply(body=encoded(user_info(followers="1")))
_PAGE = web_page(web_row("7420366745511658149"), total=1)
#: What the API sends to whoever asks for the followers of these accounts.
_ECHOES = {
    "refused.shop": Reply(status=401, body=encoded({"message": _REFUSAL}), headers={"x-echo": _CANARY}),
    "page.shop": Reply(body=encoded(dict(_PAGE, echo=_CANARY))),
    "html.shop": Reply(body=f"<html>{_CANARY}</html>".encode()),
    "silent.shop": Reply(hangs_up=True),
}


@pytest.fixture(autouse=True)
def source(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of a real API, and the key for it."""
    monkeypatch.setenv("RAPIDAPI_KEY", _CANARY)
    monkeypatch.setenv("TIKTOK_ACCOUNTS", "some.shop")
    monkeypatch.setenv("TIKTOK_REQUESTS_PER_MINUTE", "6000")


def everything_of(folder: Path, config: dict[str, Any], store: ObjectStore) -> tuple[bool, bytes]:
    """Run the pipeline; say whether it succeeded, and give all bytes in Dagster's folder and the bucket."""
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        job = defs().resolve_job_def("tiktok_pipeline")
        result = job.execute_in_process(config, instance=instance, raise_on_error=False)
        run = instance.get_run_by_id(result.run_id)
        shown = [job.resource_defs[name].config_schema.default_value for name in _CLIENTS]
        left = [repr([result.all_events, instance.all_logs(result.run_id), run, shown]).encode()]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    left += [path.read_bytes() for path in files]
    for listed in store.list(""):
        stored = store.get(listed.key)
        left += [repr(stored.metadata).encode(), stored.body]
        if listed.key.endswith(".gz"):
            left.append(gzip.decompress(stored.body))
    return result.success, b"\n".join(left)


def reply_of(asked: Asked) -> Reply:
    """Each account by its name: who it is, and then what the API sends in the place of its followers."""
    if handle := asked.parameters.get("uniqueId"):
        number = [*_ECHOES].index(handle) + 1
        return Reply(body=encoded(user_info(1, f"{number}", secUid=f"{handle}-sec", uniqueId=handle)))
    return _ECHOES[asked.parameters["secUid"].removesuffix("-sec")]


@pytest.mark.parametrize(
    ("accounts", "succeeds"),
    [(["refused.shop"], False), (["page.shop", "html.shop", "silent.shop"], True)],
    ids=["refused", "a page that repeats it, html, no answer"],
)
def test_the_api_key_is_nowhere_after_a_run(
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    accounts: list[str],
    succeeds: bool,
) -> None:
    """Not in Dagster's run storage and logs, the bucket, the terminal, or what the run gives back."""
    monkeypatch.setenv("TIKTOK_ACCOUNTS", ",".join(accounts))
    with scripted(choose=reply_of) as script:
        monkeypatch.setenv("TIKTOK_API_URL", script.address)
        succeeded, left = everything_of(tmp_path, {}, store)
        assert succeeded is succeeds
        assert {asked.headers["x-rapidapi-key"] for asked in script.asked} == {_CANARY}
        assert {asked.parameters.get("secUid") for asked in script.pages_asked} == {f"{name}-sec" for name in accounts}
    said = capfd.readouterr()
    assert _CANARY.encode() not in left + (said.out + said.err).encode()


def test_no_secret_is_anywhere_after_a_run_in_aws(
    connections: Connections,
    keys: dict[str, Written],
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Nor are the private key, its passphrase, AWS's secret key and Power BI's, all of which open the run's clients."""
    key = keys["RSA"].pems["encrypted PKCS#8"]
    snowflake = connections.snowflake
    variables = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
        "AWS_ENDPOINT_URL": connections.aws["endpoint_url"],
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "some-id",
        "AWS_SECRET_ACCESS_KEY": _AWS_CANARY,
        "SNOWFLAKE_ACCOUNT": "myorg-acc",
        "SNOWFLAKE_USER": "loader",
        "SNOWFLAKE_ROLE": "LOADING",
        "SNOWFLAKE_PRIVATE_KEY": key.replace("\n", "\\n"),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    }
    server = {"host": snowflake["host"], "port": snowflake["port"], "protocol": "http"}
    with scripted(Reply(body=encoded(_PAGE)), info=_INFO) as script, fake_power_bi() as power_bi:
        for name, value in {**variables, **power_bi.variables(), "TIKTOK_API_URL": script.address}.items():
            monkeypatch.setenv(name, value)
        power_bi.courses.append(Course(("Completed",)))
        succeeded, left = everything_of(tmp_path, {"resources": {"snowflake": {"config": server}}}, store)
        assert succeeded
        assert power_bi.started == 1
    said = capfd.readouterr()
    left += (said.out + said.err).encode()
    assert b"{'env': 'SNOWFLAKE_PRIVATE_KEY'}" in left, "the UI shows the names of the variables"
    for secret in (_CANARY, _AWS_CANARY, SECRET, *power_bi.tokens, PASSPHRASE, *key.splitlines()[1:-1]):
        assert secret.encode() not in left
    assert keys["RSA"].der not in left
