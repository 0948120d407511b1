"""`tiktok-insights snowflake keys` makes a key pair that the pipeline signs in with, and replaces none."""

import base64
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from tiktok_insights.cli import main
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights_tests.support.troubleshooting import told


@pytest.mark.parametrize("passphrase", ["", "a passphrase"])
def test_the_pipeline_reads_the_key(environment: dict[str, str], tmp_path: Path, passphrase: str) -> None:
    """The private key is read as SNOWFLAKE_PRIVATE_KEY, and the printed public key is its other half."""
    words = ["snowflake", "keys", "--output", str(tmp_path), "--user", "etl_user", *["--encrypt"] * bool(passphrase)]
    said = CliRunner().invoke(main, words, input=f"{passphrase}\n{passphrase}\n")
    assert said.exit_code == 0, said.output
    private = tmp_path / "snowflake_key.p8"
    text = private.read_text()
    assert text.startswith("-----BEGIN ENCRYPTED" if passphrase else "-----BEGIN PRIVATE KEY")
    key = load_der_private_key(private_key_der(text, passphrase), None)
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    assert re.findall(r"^ALTER USER ETL_USER SET RSA_PUBLIC_KEY = '(\S+)';$", said.output, re.MULTILINE) == [public]
    assert (tmp_path / "snowflake_key.pub").read_text() == f"{public}\n"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert "a passphrase" not in said.output
    assert not any(line in said.output for line in text.splitlines() if len(line) > 1)


@pytest.mark.parametrize("name", ["snowflake_key.p8", "snowflake_key.pub"])
def test_no_key_is_replaced(environment: dict[str, str], tmp_path: Path, name: str) -> None:
    """A file that exists stays as it is, and nothing is written beside it."""
    (tmp_path / name).write_text("somebody's")
    said = CliRunner().invoke(main, ["snowflake", "keys", "--output", str(tmp_path)])
    assert said.exit_code == 1
    told("<file> exists and was left as it is").says(said.output.removeprefix("Error: "))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "somebody's")]


@pytest.mark.parametrize("user", ["", "a b", "x'; DROP USER y", "1a"])
def test_a_user_is_an_identifier(environment: dict[str, str], tmp_path: Path, user: str) -> None:
    """Anything else is a usage error before a key is made."""
    said = CliRunner().invoke(main, ["snowflake", "keys", "--output", str(tmp_path), "--user", user])
    assert said.exit_code == 2
    assert "A name has letters, digits, _ and $" in said.output
    assert not [*tmp_path.iterdir()]
