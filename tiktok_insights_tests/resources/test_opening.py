"""What the command line and Dagster send to sign in is the same, for every key."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from snowflake.connector.errors import ProgrammingError

from tiktok_insights.resources.opening import open_session
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.private_keys import PASSPHRASE, SPELLINGS, Written
from tiktok_insights_tests.support.run_config import run_with
from tiktok_insights_tests.support.sign_in import logins, snowflake_server


def on_the_command_line(settings: SnowflakeSettings) -> None:
    """Open a session as `tiktok-insights sql` does."""
    with open_session(settings, "test"):
        pass


def in_dagster(settings: SnowflakeSettings) -> None:
    """Open a session as an asset does."""

    def use(resource: SnowflakeResource) -> None:
        # The server has no tables to look at.
        with suppress(ProgrammingError), resource.session():
            pass

    run_with(SnowflakeResource.of(settings), {}, use)


@pytest.mark.parametrize("opened", [on_the_command_line, in_dagster])
@pytest.mark.parametrize(
    ("kind", "spelling"),
    [
        ("PKCS#8", r"\n"),
        ("PKCS#8", "on one line"),
        ("traditional in AES-256-CBC", r"\n"),
        ("traditional in AES-128-CBC", "base64 of it"),
    ],
)
def test_the_login_is_signed_with_the_key_of_the_environment(
    environment: dict[str, str],
    keys: dict[str, Written],
    rsa_key: RSAPrivateKey,
    monkeypatch: pytest.MonkeyPatch,
    opened: Callable[[SnowflakeSettings], None],
    kind: str,
    spelling: str,
) -> None:
    """Account and user are those of the token, too."""
    variables = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
        "SNOWFLAKE_ACCOUNT": "https://myorg-acc.snowflakecomputing.com/",
        "SNOWFLAKE_USER": "loader",
        "SNOWFLAKE_ROLE": "LOADING",
        "SNOWFLAKE_PRIVATE_KEY": SPELLINGS[spelling](keys["RSA"].pems[kind]),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
        # The connector would ask the cloud's metadata addresses where it runs.
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with snowflake_server() as server:
        opened(replace(read_settings().snowflake, host="127.0.0.1", port=server.port, protocol="http"))
    (login,) = logins(server)
    assert (login.account, login.user, login.role) == ("myorg-acc", "loader", "LOADING")
    assert login.is_signed_with(rsa_key)
