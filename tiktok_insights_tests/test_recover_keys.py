"""Replacing the key of a Snowflake user, as docs/how_to/recover.md says: without a pause, and nothing is lost."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from snowflake.connector.errors import DatabaseError

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.documents import ROOT, blocks_below
from tiktok_insights_tests.support.scripted import Asked, Reply, Script, scripted
from tiktok_insights_tests.support.sign_in import SIGNED_IN, Login

pytestmark = pytest.mark.deploy

_STATEMENT = re.compile(r"^ALTER USER LOADER (SET (\w+) = '(\S+)'|UNSET (\w+));$", re.MULTILINE)
_PASSPHRASE = "a passphrase"
#: As Snowflake answers a token that no key of the user has signed.
_REFUSED = {"success": False, "code": "390144", "message": "JWT token is invalid. [6b0d]", "data": {}}


def public_key(text: str) -> RSAPublicKey:
    """A key as ALTER USER takes it."""
    key = load_der_public_key(base64.b64decode(text))
    assert isinstance(key, RSAPublicKey)
    return key


class ServiceUser:
    """A user of Snowflake with two keys, either of which signs in; ALTER USER sets and removes them."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def alter(self, statement: str) -> None:
        """Run a statement that `tiktok-insights snowflake keys` has printed."""
        found = _STATEMENT.fullmatch(statement)
        assert found, statement
        if found[2]:
            self.keys[found[2]] = found[3]
        else:
            del self.keys[found[4]]

    def answer(self, asked: Asked) -> Reply | None:
        """Let a login in that one of the keys has signed."""
        if asked.path != "/session/v1/login-request":
            return None
        login = Login.of(asked)
        is_known = any(login.is_signed_with(public_key(key)) for key in self.keys.values())
        return Reply(body=json.dumps(SIGNED_IN if is_known else _REFUSED).encode())


@pytest.fixture
def user() -> ServiceUser:
    """A user without a key."""
    return ServiceUser()


@pytest.fixture
def snowflake(user: ServiceUser, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A Snowflake that knows this user and no table, and the settings that lead there."""
    variables = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
        "SNOWFLAKE_ACCOUNT": "myorg-acc",
        "SNOWFLAKE_USER": "loader",
        "SNOWFLAKE_ROLE": "LOADING",
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with scripted(Reply(body=json.dumps({"success": True, "data": {}}).encode()), choose=user.answer) as script:
        yield script


def new_key(folder: Path, command: str) -> tuple[str, list[str]]:
    """Type a command that makes a key: the private key, and the printed statements."""
    folder.mkdir()
    words = [*command.split()[1:], "--output", str(folder), "--user", "loader"]
    said = CliRunner().invoke(main, words, input=f"{_PASSPHRASE}\n{_PASSPHRASE}\n")
    assert said.exit_code == 0, said.output
    return (folder / "snowflake_key.p8").read_text(), [found[0] for found in _STATEMENT.finditer(said.output)]


def sign_in(script: Script, key: str) -> None:
    """Open a session with a private key; it is encrypted or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SNOWFLAKE_PRIVATE_KEY", key)
        patch.setenv("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", _PASSPHRASE)
        settings = replace(read_settings().snowflake, host="127.0.0.1", port=script.port, protocol="http")
        with open_session(settings, "test"):
            pass


@pytest.mark.parametrize("encrypt", ["", " --encrypt"])
def test_two_rotations_need_no_pause(user: ServiceUser, snowflake: Script, tmp_path: Path, encrypt: str) -> None:
    """With the printed statements, the old key and the new one are valid together, and then only the new one."""
    (line,) = re.findall(r"^\$ (tiktok-insights snowflake keys .*) --output new_key$", guide_text(), re.MULTILINE)
    key, statements = new_key(tmp_path / "first", f"tiktok-insights snowflake keys{encrypt}")
    user.alter(*statements)
    sign_in(snowflake, key)
    for number, command in enumerate((line, line.replace("--replaces 1", "--replaces 2"))):
        old, (key, (give, remove)) = key, new_key(tmp_path / str(number), f"{command}{encrypt}")
        user.alter(give)
        sign_in(snowflake, old)
        sign_in(snowflake, key)
        user.alter(remove)
        sign_in(snowflake, key)
        with pytest.raises(DatabaseError, match=r"JWT token is invalid"):
            sign_in(snowflake, old)
    assert list(user.keys) == ["RSA_PUBLIC_KEY"]


def guide_text() -> str:
    """The blocks about keys."""
    return "".join(block.text for block in blocks_below(ROOT / "docs" / "how_to" / "recover.md", "A rotated key"))


def test_a_run_with_a_removed_key_says_so_and_loses_nothing(
    connections: Connections, store: ObjectStore, snowflake: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails at its first session, names the key's token, shows no key, and leaves the bucket as it was."""
    key, _ = new_key(tmp_path / "removed", "tiktok-insights snowflake keys")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", key)
    for name, value in {
        "AWS_ENDPOINT_URL": connections.aws["endpoint_url"],
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        monkeypatch.setenv(name, value)
    store.put("csv/followers/account=42/dt=2026-01-31/a.csv", csv_file(row("17")), "text/csv")
    before = {info.key: info.etag for info in store.list("")}
    server = {"host": "127.0.0.1", "port": snowflake.port, "protocol": "http"}
    result = (
        defs()
        .resolve_job_def("load_pending_objects")
        .execute_in_process({"resources": {"snowflake": {"config": server}}}, raise_on_error=False)
    )
    failures = [
        event.step_failure_data.error.to_string()
        for event in result.all_events
        if event.event_type is dg.DagsterEventType.STEP_FAILURE and event.step_failure_data.error
    ]
    assert not result.success
    assert "JWT token is invalid" in failures[0]
    assert not any(line in "".join(failures) for line in key.splitlines()[1:-1])
    assert {info.key: info.etag for info in store.list("")} == before
