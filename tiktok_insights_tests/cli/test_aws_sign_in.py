"""Commands on a machine that is not signed in to AWS: one sentence says for which bucket, and what to do."""

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights_tests.support.troubleshooting import told


@pytest.mark.parametrize("words", [["glue", "upload"], ["replay", "--dry-run"]], ids=" ".join)
def test_a_command_without_credentials_says_where_and_what_to_do(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Not only that there are none, as boto3 does."""
    for name, value in {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws", "TIKTOK_INSIGHTS_BUCKET": "my-bucket", "AWS_REGION": "us-east-1",
        "SNOWFLAKE_ACCOUNT": "a-b", "SNOWFLAKE_USER": "u", "SNOWFLAKE_ROLE": "r", "SNOWFLAKE_PRIVATE_KEY": "unused",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    told("This machine has no AWS credentials", "my-bucket").says(line.removeprefix("Error: "))
