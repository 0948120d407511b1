"""deploy/snowflake prepares an account: its scripts run, twice too, and the pipeline finds the tables that it needs."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError, meta

from docs.generate.snowflake_setup import PARAMETERS
from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.definitions import ALL, SCHEMA_VERSION
from tiktok_insights.tables.inventory import read_tables
from tiktok_insights.tables.namespace import Namespace

pytestmark = pytest.mark.deploy

_FOLDER = Path(__file__).parents[2] / "deploy" / "snowflake"
#: The Snowflake CLI's templates are Jinja's, with marks of its own.
_CLI = Environment(  # noqa: S701  # SQL, not HTML
    variable_start_string="<%", variable_end_string="%>", undefined=StrictUndefined, keep_trailing_newline=True
)
_KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"


def rendered(name: str, **parameters: str) -> str:
    """A script as the Snowflake CLI sends it."""
    return _CLI.from_string((_FOLDER / name).read_text(encoding="utf-8")).render(parameters)


def parameters_of(name: str) -> set[str]:
    """The parameters of a script."""
    return meta.find_undeclared_variables(_CLI.parse((_FOLDER / name).read_text(encoding="utf-8")))


def tables_of(session: Session, namespace: Namespace) -> object:
    """What the warehouse says of our tables and of the view."""
    return read_tables(session, namespace.schemas, tuple(table.name for table in ALL))


def test_the_pipeline_finds_its_tables(
    session: Session, namespace: Namespace, connect_database: Connect, request: pytest.FixtureRequest
) -> None:
    """After setup.sql, each table and the view is as the pipeline makes them, and a second run changes nothing."""
    made = tables_of(session, namespace)
    database = f"{namespace.database}_BY_SCRIPT"
    for _ in range(2):
        session.script(rendered("setup.sql", public_key=_KEY, database=database))
        assert tables_of(session, namespace) == made
    session.execute(f"USE SCHEMA {database}.{namespace.schema}")
    found = Session(session._connection, Namespace(database, *namespace.schemas))
    ensure_tables(found)
    assert found.query("SELECT SCHEMA_VERSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [(SCHEMA_VERSION,)]


def test_all_names_are_parameters(session: Session) -> None:
    """With other names for everything, no default is left in the statements, and they run."""
    names = {name: f"OTHER_{name.upper()}" for name in PARAMETERS} | {"credits_a_month": "7"}
    script = rendered("setup.sql", public_key=_KEY, **names)
    statements = re.sub(r"^--.*$", "", script, flags=re.MULTILINE)
    used = set(re.findall(r"[A-Z_]+", re.sub(r"'(?:[^']|'')*'", "", statements)))
    defaults = {default for name, default in PARAMETERS.items() if name != "credits_a_month"}
    assert not used & (defaults - {"PUBLIC"})
    session.script(script)
    ((version,),) = session.query("SELECT SCHEMA_VERSION FROM OTHER_DATABASE.OTHER_INTERNAL_SCHEMA.PUBLISH_LOCK")
    assert version


def test_parameters_are_the_documented_ones() -> None:
    """A script has no parameter that its first lines do not explain, and teardown.sql names what the others made."""
    assert parameters_of("setup.sql") == {*PARAMETERS, "public_key"}
    head = (_FOLDER / "setup.sql").read_text(encoding="utf-8").partition("\n\n")[0]
    assert all(re.search(rf"^--     {name} +{default}$", head, re.MULTILINE) for name, default in PARAMETERS.items())
    making = (_FOLDER / "setup.sql").read_text() + (_FOLDER / "network_policy.sql").read_text()
    made = re.findall(r"^CREATE ([A-Z ]+) IF NOT EXISTS <% (\w+)", making, re.M)
    dropped = re.findall(r"^DROP ([A-Z ]+) IF EXISTS <% (\w+)", (_FOLDER / "teardown.sql").read_text(), re.M)
    in_the_database = {"TABLE", "SCHEMA", "VIEW"}
    assert {pair for pair in made if pair[0] not in in_the_database} == set(dropped)


def test_teardown_needs_the_name_of_the_database() -> None:
    """teardown.sql has no default for what it drops with all data."""
    with pytest.raises(UndefinedError, match="'database' is undefined"):
        rendered("teardown.sql")
    assert "DROP DATABASE IF EXISTS OTHER;" in rendered("teardown.sql", database="OTHER")


@pytest.mark.parametrize(("role", "schema"), [("TIKTOK_READER", "TIKTOK_READERS"), ("TIKTOK_ANALYST", "MAIN")])
def test_who_reads_reads_the_views_of_one_schema(role: str, schema: str) -> None:
    """Neither role gets a right on a table or on the other one's schema, nor a role, nor one to change anything."""
    script = rendered("setup.sql", public_key=_KEY)
    grants = {
        " ".join(words.split()) for words in re.findall(rf"GRANT ((?:\w|[ ,.])+?) TO ROLE {role};", script, re.DOTALL)
    }
    assert grants == {
        "USAGE ON DATABASE AMAZON_DB",
        "USAGE ON WAREHOUSE TIKTOK_WH",
        f"USAGE ON SCHEMA AMAZON_DB.{schema}",
        f"SELECT ON ALL VIEWS IN SCHEMA AMAZON_DB.{schema}",
        f"SELECT ON FUTURE VIEWS IN SCHEMA AMAZON_DB.{schema}",
    }
    assert f"GRANT ROLE {role} TO ROLE SYSADMIN;" in script
    assert script.count(f"ROLE {role} TO ROLE") == 1


def test_the_network_policy_is_for_the_service_user_alone(session: Session) -> None:
    """network_policy.sql runs, also again, and names addresses and user; no statement is about the account."""
    script = rendered("network_policy.sql", addresses="'203.0.113.7/32'")
    session.script(script)
    # Snowflake refuses to drop or replace a policy that a user has.
    assert "OR REPLACE" not in script
    assert script.count("ALLOWED_IP_LIST = ('203.0.113.7/32')") == 2
    assert "ALTER USER TIKTOK_SERVICE SET NETWORK_POLICY = TIKTOK_ADDRESSES" in script
    assert "ALTER ACCOUNT" not in script
