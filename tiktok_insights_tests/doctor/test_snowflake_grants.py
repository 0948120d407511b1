"""The doctor on Snowflake: each grant of setup.sql is looked at, and only what is missing is named.

The local stack records grants and shows them; it enforces none. What Snowflake says to a sign-in that it refuses are
texts of its documents.
"""

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.doctor.findings import Finding, State
from tiktok_insights.doctor.side_by_side import examine
from tiktok_insights.doctor.snowflake import account
from tiktok_insights.doctor.snowflake.grants import for_readers, needed, ownerships
from tiktok_insights.doctor.snowflake.probes import refused, snowflake_probes
from tiktok_insights.local import stack
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.environment import Settings
from tiktok_insights.settings.key_pair import new_key_pair
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.deploy.test_snowflake_setup import rendered

pytestmark = pytest.mark.deploy

ROLE, USER, WAREHOUSE = "DOCTOR_LOADER", "DOCTOR_SERVICE", "DOCTOR_WH"


@pytest.fixture
def prepared(session: Session, settings: Settings, home: Path) -> SnowflakeSettings:
    """The settings of the deployment `aws` on an account where setup.sql was run: here, the local stack."""
    found = _settings(settings, home)
    session.script(_setup(found))
    return found


def _settings(settings: Settings, home: Path) -> SnowflakeSettings:
    endpoints = stack.ensure_running(home)
    namespace = settings.snowflake.namespace
    return SnowflakeSettings(
        account="local", user=USER, role=ROLE, warehouse=WAREHOUSE, private_key=new_key_pair().private,
        database=namespace.database, schema_name=namespace.schema, internal_schema=namespace.internal_schema,
        view_schema=namespace.view_schema, reader_schema=namespace.reader_schema, host=endpoints.snowflake_host,
        port=endpoints.snowflake_port, protocol="http",
    )  # fmt: skip


def _setup(settings: SnowflakeSettings) -> str:
    return rendered(
        "setup.sql", public_key="MIIB", database=settings.namespace.database, role=ROLE, user=USER,
        warehouse=WAREHOUSE, analyst_role="DOCTOR_ANALYST",
        reader_role="DOCTOR_READER",
    )  # fmt: skip


def test_a_run_works_without_the_schema_for_readers(prepared: SnowflakeSettings, session: Session) -> None:
    """The doctor says that it is missing, and that this is no fault."""
    (grant,) = for_readers(prepared.namespace)
    session.execute(f"REVOKE {grant.privilege} ON {grant.kind} {grant.name} FROM ROLE {ROLE}")
    found = examine(list(snowflake_probes(prepared, {})))
    assert [(one.subject.place, one.is_fault) for one in found if one.outcome.state is State.MISSING] == [
        (grant.name, False)
    ]
    session.execute(grant.statement(ROLE).rstrip(";"))


def _missing(settings: SnowflakeSettings) -> dict[str, str]:
    """The remedies of what is missing, by place."""
    found = examine(list(snowflake_probes(settings, {})))
    assert State.UNKNOWN not in {finding.outcome.state for finding in found}, found
    return {
        finding.subject.place: finding.outcome.remedy for finding in found if finding.outcome.state is State.MISSING
    }


def test_the_doctor_looks_at_what_setup_grants_to_the_loading_role() -> None:
    """Grant by grant; the role itself belongs to the sign-in."""
    namespace = Namespace("AMAZON_DB", "PUBLIC", "TIKTOK_INTERNAL", "MAIN", "TIKTOK_READERS")
    script = " ".join(rendered("setup.sql", public_key="MIIB").split())
    granted = set(re.findall(r"GRANT [\w ]+ ON [\w. ]+ TO ROLE TIKTOK_LOADER(?: COPY CURRENT GRANTS)?;", script))
    assert {grant.statement("TIKTOK_LOADER") for grant in needed(namespace, "tiktok_wh")} == granted
    assert "GRANT ROLE TIKTOK_LOADER TO USER TIKTOK_SERVICE;" in script


def test_the_one_grant_that_is_missing_is_named(prepared: SnowflakeSettings, session: Session) -> None:
    """For each grant of the role; the remedy is the statement that grants it again, after which nothing is missing."""
    assert _missing(prepared) == {}
    for grant in needed(prepared.namespace, WAREHOUSE):
        session.execute(f"REVOKE {grant.privilege} ON {grant.kind} {grant.name} FROM ROLE {ROLE}")
        missing = _missing(prepared)
        named = {place: remedy for place, remedy in missing.items() if remedy == grant.statement(ROLE)}
        # The tables of a schema without an owner have none either, on the local stack.
        tables = {place for place in missing if place.startswith(f"{grant.name}.") and place.count(".") == 2}
        assert missing.keys() - tables == named.keys() == {grant.name}
        session.execute(missing[grant.name].rstrip(";"))
        assert _missing(prepared) == {}


def test_a_table_of_another_role_is_named(prepared: SnowflakeSettings, session: Session, home: Path) -> None:
    """Only the owner may use its stage. What a role has through another role counts, and a look changes no byte."""
    session.execute(f"GRANT ROLE {ROLE} TO ROLE DOCTOR_ABOVE")
    before = _files(home)
    assert _missing(replace(prepared, role="DOCTOR_ABOVE")) == {}
    assert _files(home) == before
    for grant in list(ownerships(prepared.namespace))[:1]:
        session.execute(f"GRANT OWNERSHIP ON TABLE {grant.name} TO ROLE SOMEBODY COPY CURRENT GRANTS")
        missing = _missing(prepared)
        assert missing == {grant.name: grant.statement(ROLE)}
        session.execute(missing[grant.name].rstrip(";"))
    assert _missing(prepared) == {}


def test_a_look_changes_nothing_in_snowflake(settings: Settings, home: Path) -> None:
    """Not a byte of what the local stack stores of it; a database that does not exist is not created."""
    given = _settings(settings, home)
    before = _files(home)
    # In a database of its own, which is none yet: nothing of it can be granted.
    assert len(_missing(replace(given, warehouse="NO_SUCH_WAREHOUSE"))) == 6
    assert _files(home) == before


def test_without_a_sign_in_the_rest_cannot_be_told(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thing is missing: the sign-in; or nothing where the settings say it already."""
    given = _settings(settings, home)
    # For so long the connector sends the sign-in again.
    monkeypatch.setattr(account, "_SECONDS", 2)
    # No Snowflake is there, but an HTTP server that knows no sign-in.
    api = urlsplit(stack.ensure_running(home).tiktok_api)
    found = examine(list(snowflake_probes(replace(given, port=api.port), {})))
    assert _states(found) == [State.MISSING, *[State.UNKNOWN] * (len(found) - 1)]
    found = examine(list(snowflake_probes(given, {"SNOWFLAKE_SCHEMA": "It is wrong."})))
    assert set(_states(found)) == {State.UNKNOWN}
    found = examine(list(snowflake_probes(replace(given, private_key=""), {})))
    assert set(_states(found)) == {State.UNKNOWN}
    assert "SNOWFLAKE_PRIVATE_KEY" in found[0].outcome.reason


def test_a_refused_sign_in_comes_with_the_statement_that_allows_it() -> None:
    """By what Snowflake says."""
    pair = new_key_pair()
    settings = SnowflakeSettings(
        user=USER, role=ROLE, private_key=pair.private, warehouse=WAREHOUSE, database="D", schema_name="S",
        internal_schema="I", view_schema="V",
    )  # fmt: skip
    texts = {
        "250001 (08001): Failed to connect to DB: x. Role 'DOCTOR_LOADER' specified in the connect string is not "
        "granted to this user.": f"GRANT ROLE {ROLE} TO USER {USER};",
        "250001 (08001): Failed to connect to DB: x. JWT token is invalid. [1a2b]": (
            f"ALTER USER {USER} SET RSA_PUBLIC_KEY = '{pair.public}';"
        ),
        "250001: Incoming request with IP/Token 1.2.3.4 is not allowed to access Snowflake.": (
            "snow sql -f deploy/snowflake/network_policy.sql -D \"addresses='<this machine's address>/32'\""
        ),
        "290404: 404 Not Found": "Compare SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER with what Snowsight shows.",
    }
    assert {text: refused(text, settings).remedy for text in texts} == texts


def _states(found: list[Finding]) -> list[State]:
    return [finding.outcome.state for finding in found]


def _files(home: Path) -> dict[str, str]:
    folder = home / "stack" / "snowflake"
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}
