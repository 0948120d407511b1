"""`tiktok-insights doctor`: what a person and a program see, and what is never shown."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.settings.key_pair import new_key_pair


@pytest.fixture
def fresh(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no AWS anywhere."""
    home = tmp_path / "home"
    settings = {
        "TIKTOK_INSIGHTS_HOME": str(home),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_CONFIG_FILE": "/dev/null",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return home


def doctor(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["doctor", *words])


def findings(answer: Result) -> list[dict[str, Any]]:
    """What it says to a program."""
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


def test_a_fresh_machine_is_ready(fresh: Path) -> None:
    """Nothing is missing, and nothing was created or started."""
    answer = doctor()
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.endswith("Nothing that a run needs is missing.\n")
    assert not fresh.exists()


def test_everything_that_is_missing_is_named_at_once(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wrong or missing setting with its remedy; the probes that need none of them still look."""
    for name, value in {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws", "TIKTOK_REQUEST_BUDGET": "many", "SNOWFLAKE_ROLE": "a b",
        "AWS_REGION": "us-east-1", "TIKTOK_API_URL": "http://127.0.0.1:9", "RAPIDAPI_KEY": "a-key",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    answer = doctor("--format", "json")
    assert answer.exit_code == 1
    found = findings(answer)
    assert list(dict.fromkeys(finding["area"] for finding in found)) == [
        "aws",
        "settings",
        "machine",
        "api",
        "snowflake",
    ]
    missing = {finding["name"] for finding in found if finding["state"] == "missing" and not finding["optional"]}
    assert missing == {
        "TIKTOK_REQUEST_BUDGET", "SNOWFLAKE_ROLE", "TIKTOK_ACCOUNTS", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER",
        "SNOWFLAKE_PRIVATE_KEY", "credentials", "API key",
    }  # fmt: skip
    assert all(finding["remedy"] for finding in found if finding["state"] == "missing")
    assert all(finding["reason"] for finding in found if finding["state"] != "ok")
    text = doctor().stdout
    assert "missing: TIKTOK_ACCOUNTS (stage raw), .env or environment" in text
    assert text.endswith("Missing: 8.\n")


def test_one_cause_is_one_line_however_much_it_blocks(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting and a missing sign-in block all grants and permissions; a program gets each of them."""
    for name, value in {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws", "SNOWFLAKE_ROLE": "a b", "AWS_REGION": "us-east-1",
        "TIKTOK_API_URL": "http://127.0.0.1:9", "RAPIDAPI_KEY": "a-key", "TIKTOK_ACCOUNTS": "a",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    lines = doctor().stdout.splitlines()
    states = Counter((finding["area"], finding["state"]) for finding in findings(doctor("--format", "json")))
    grants, permissions = states["snowflake", "cannot tell"], states["aws", "cannot tell"]
    assert min(grants, permissions) > 10
    assert [line for line in lines if line.startswith("  cannot tell")] == [
        f"  cannot tell: {permissions} of {permissions + 1}. Not signed in to AWS.",
        f"  cannot tell: {grants} of {grants}. SNOWFLAKE_ROLE is wrong.",
    ]
    assert len(lines) < 40


def test_no_secret_is_ever_shown(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with it, in either format."""
    canary = "c4n4ry"
    secrets = {
        "RAPIDAPI_KEY": f"{canary} with a space",
        "SNOWFLAKE_PRIVATE_KEY": new_key_pair(canary).private,
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": f"{canary}-wrong",
        "AWS_ACCESS_KEY_ID": f"{canary}-id",
        "AWS_SECRET_ACCESS_KEY": f"{canary}-secret",
        "AZURE_POWERBI_CLIENT_SECRET": f"{canary}-client",
        "TIKTOK_PSEUDONYM_KEY": f"{canary}-pseudonym",
    }
    others = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws", "SNOWFLAKE_ACCOUNT": "local", "SNOWFLAKE_USER": "u", "SNOWFLAKE_ROLE": "r",
        "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "TIKTOK_API_URL": "http://127.0.0.1:9",
    }  # fmt: skip
    for name, value in (secrets | others).items():
        monkeypatch.setenv(name, value)
    for words in ((), ("--format", "json"), ("--api",)):
        answer = doctor(*words)
        assert answer.exit_code == 1
        assert canary not in answer.output
        body = secrets["SNOWFLAKE_PRIVATE_KEY"].splitlines()[1]
        assert body not in answer.output
