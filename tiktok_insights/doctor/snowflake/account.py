"""The account, as the service user sees it after signing in: the role's grants, and the tables that exist.

SHOW needs no virtual warehouse, so none is resumed, and nothing is spent.
"""

from collections.abc import Set
from dataclasses import dataclass

import snowflake.connector

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.doctor.snowflake.grants import Grant, read_grants
from tiktok_insights.resources.opening import snowflake_arguments
from tiktok_insights.settings.client_settings import SnowflakeSettings

#: A sign-in that gets no good answer is sent again for so long.
_SECONDS = 10
#: Roles have roles. More than this many is no chain that a person has made.
_MOST_ROLES = 50


@dataclass(frozen=True, slots=True)
class Account:
    """What the role has, by itself or through roles that it has, and the full names of the tables that exist."""

    grants: Set[Grant]
    tables: Set[str]


def read_account(settings: SnowflakeSettings) -> Account:
    """Sign in, and look. Raises SettingsError, and the connector's errors."""
    arguments = snowflake_arguments(settings, "doctor")
    # What is missing is to be found by name, not by a session without a current schema.
    for name in ("database", "schema", "warehouse"):
        arguments.pop(name, None)
    limits = {"login_timeout": _SECONDS, "network_timeout": _SECONDS}
    connection = snowflake.connector.connect(**arguments | limits)
    with session_on(connection, settings.namespace) as session:
        grants = _grants(session, settings.role.upper())
        return Account(grants, _tables(session) if _sees_database(settings, grants) else frozenset())


def _grants(session: Session, role: str) -> set[Grant]:
    found, roles = set[Grant](), [role]
    for name in roles:
        grants = set(read_grants(session.records(f"SHOW GRANTS TO ROLE {name}")))
        found |= grants
        inherited = sorted(grant.name for grant in grants if (grant.privilege, grant.kind) == ("USAGE", "ROLE"))
        roles += [other for other in inherited if other not in roles][: _MOST_ROLES - len(roles)]
    return found


def _sees_database(settings: SnowflakeSettings, grants: Set[Grant]) -> bool:
    return Grant("USAGE", "DATABASE", settings.namespace.database).is_in(grants)


def _tables(session: Session) -> frozenset[str]:
    """The tables in the schemas that the role may see."""
    rows = session.records(f"SHOW TABLES IN DATABASE {session.namespace.database}")
    return frozenset(f"{row['database_name']}.{row['schema_name']}.{row['name']}".upper() for row in rows)
