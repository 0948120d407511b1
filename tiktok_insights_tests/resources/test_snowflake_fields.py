"""Each field of the warehouse's resource, changed in a run's config, reaches the login; the others stay."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.environment import Settings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written, written
from tiktok_insights_tests.support.run_config import run_with
from tiktok_insights_tests.support.scripted import Script
from tiktok_insights_tests.support.sign_in import Login, logins, snowflake_server


def open_and_close(resource: SnowflakeResource) -> None:
    """Sign in; the server has no tables to look at."""
    with suppress(ProgrammingError), resource.session():
        pass


@dataclass(frozen=True)
class Warehouse:
    """What the environment names: settings with everything given, and the server that they name."""

    settings: SnowflakeSettings
    server: Script

    def login(self, **config: object) -> Login:
        """The one login of a run with this config."""
        run_with(SnowflakeResource.of(self.settings), config, open_and_close)
        (login,) = logins(self.server)
        return login


@pytest.fixture
def warehouse(
    environment: dict[str, str], keys: dict[str, Written], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    """A warehouse to which the environment's key signs in."""
    key = keys["RSA"].pems["encrypted PKCS#8"]
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", key)
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    # The connector would ask the cloud's metadata addresses where it runs.
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    with snowflake_server() as server:
        settings = SnowflakeSettings(
            account="myorg-acc",
            user="loader",
            private_key=key,
            private_key_passphrase=PASSPHRASE,
            role="LOADING",
            warehouse="SMALL_WH",
            database="SOME_DB",
            schema_name="SOME_SCHEMA",
            internal_schema="SOME_INTERNAL",
            view_schema="SOME_VIEWS",
            host="127.0.0.1",
            port=server.port,
            protocol="http",
        )
        yield Warehouse(settings, server)


@pytest.mark.parametrize(
    ("field", "value", "sent_as"),
    [
        ("account", "otherorg-acc", "account"),
        ("user", "another_user", "user"),
        ("role", "ANOTHER_ROLE", "role"),
        ("warehouse", "LARGE_WH", "warehouse"),
        ("database", "OTHER_DB", "database"),
        ("schema_name", "OTHER_SCHEMA", "schema"),
        ("host", "localhost", "host"),
    ],
)
def test_a_name(warehouse: Warehouse, rsa_key: RSAPrivateKey, field: str, value: str, sent_as: str) -> None:
    """It is sent as it is, and all the others as the environment has them."""
    login = warehouse.login(**{field: value})
    assert login.is_signed_with(rsa_key)
    expected = {
        "account": "myorg-acc",
        "user": "loader",
        "role": "LOADING",
        "warehouse": "SMALL_WH",
        "database": "SOME_DB",
        "schema": "SOME_SCHEMA",
        "host": "127.0.0.1",
        sent_as: value,
    }
    assert {name: getattr(login, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("field", "sent_as"),
    [
        ("statement_timeout_seconds", "STATEMENT_TIMEOUT_IN_SECONDS"),
        ("lock_timeout_seconds", "LOCK_TIMEOUT"),
        ("queued_timeout_seconds", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS"),
    ],
)
def test_a_timeout(warehouse: Warehouse, field: str, sent_as: str) -> None:
    """It is sent with the login, before any statement; the others are sent as the environment has them."""
    usual = {"STATEMENT_TIMEOUT_IN_SECONDS": 3600, "LOCK_TIMEOUT": 600, "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": 1800}
    sent = warehouse.login(**{field: 700}).session
    assert {name: sent[name] for name in usual} == {**usual, sent_as: 700}


@pytest.mark.parametrize("field", ["role", "warehouse", "database", "schema_name", "internal_schema", "view_schema"])
def test_a_name_that_could_be_sql_is_refused(warehouse: Warehouse, field: str) -> None:
    """It is not sent: names are unquoted in statements."""
    with pytest.raises(SettingsError, match="is 'X; DROP TABLE Y'"):
        warehouse.login(**{field: "X; DROP TABLE Y"})
    assert warehouse.server.asked == []


def test_private_key(warehouse: Warehouse, rsa_key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another variable's key signs the token."""
    other = generate_private_key(65537, 2048)
    monkeypatch.setenv("OTHER_KEY", written(other).pems["PKCS#8"])
    login = warehouse.login(private_key={"env": "OTHER_KEY"})
    assert login.is_signed_with(other)
    assert not login.is_signed_with(rsa_key)


def test_private_key_passphrase(warehouse: Warehouse, rsa_key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another variable's passphrase decrypts the key, or does not."""
    monkeypatch.setenv("WRONG", "another passphrase")
    monkeypatch.setenv("RIGHT", PASSPHRASE)
    with pytest.raises(SettingsError, match="SNOWFLAKE_PRIVATE_KEY_PASSPHRASE does not decrypt"):
        warehouse.login(private_key_passphrase={"env": "WRONG"})
    assert warehouse.server.asked == []
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "another passphrase")
    assert warehouse.login(private_key_passphrase={"env": "RIGHT"}).is_signed_with(rsa_key)


def test_port(warehouse: Warehouse) -> None:
    """Another port is asked."""
    with snowflake_server() as other:
        run_with(SnowflakeResource.of(warehouse.settings), {"port": other.port}, open_and_close)
        assert len(logins(other)) == 1
    assert warehouse.server.asked == []


def test_protocol(warehouse: Warehouse) -> None:
    """A server without TLS is reached where the config says http, though the environment says https."""
    secured = replace(warehouse, settings=replace(warehouse.settings, protocol="https"))
    assert secured.login(protocol="http").host == "127.0.0.1"


def test_other_schemas_and_local_stack(warehouse: Warehouse, settings: Settings, connect_database: Connect) -> None:
    """Where no host is named, that stack has the tables; lock and view are in the schemas that are named."""
    schemas = {"schema_name": "PUBLIC", "internal_schema": "ANOTHER_INTERNAL", "view_schema": "ANOTHER_PLACE"}
    names = {"database": settings.snowflake.database, **schemas}
    stack = {"host": "", "port": None, "protocol": "", "account": "", "local_stack": str(settings.home)}
    run_with(SnowflakeResource.of(warehouse.settings), {**names, **stack}, open_and_close)
    with connect_database() as session:
        assert session.query("SELECT COUNT(*) FROM ANOTHER_PLACE.TIKTOK_DATA") == [(0,)]
        assert session.query("SELECT COUNT(*) FROM ANOTHER_INTERNAL.PUBLISH_LOCK") == [(1,)]
    assert warehouse.server.asked == []
