"""The probes of Snowflake: signing in, each grant, and who owns the tables."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from tiktok_insights.doctor.findings import Outcome, Probe, Subject, blocked, missing, ok, unknown
from tiktok_insights.doctor.side_by_side import Once
from tiktok_insights.doctor.snowflake.grants import Grant, for_readers, needed, ownerships
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.text.printable import printable

if TYPE_CHECKING:
    from tiktok_insights.doctor.snowflake.account import Account

AREA = "snowflake"
_STAGE = "warehouse"
_CHECK = "Compare SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER with what Snowsight shows."
#: What Snowflake says to a sign-in that it refuses, and what fixes it
#: (docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting, docs.snowflake.com/en/user-guide/network-policies).
_REFUSALS = (
    (re.compile(r"is not granted to this user", re.IGNORECASE), "GRANT ROLE {role} TO USER {user};"),
    (re.compile(r"JWT token is invalid", re.IGNORECASE), "ALTER USER {user} SET RSA_PUBLIC_KEY = '{public_key}';"),
    (
        re.compile(r"is not allowed to access Snowflake", re.IGNORECASE),
        "snow sql -f deploy/snowflake/network_policy.sql -D \"addresses='<this machine's address>/32'\"",
    ),
)


def snowflake_probes(settings: SnowflakeSettings, wrong: Mapping[str, str]) -> Iterator[Probe]:
    """A probe for the sign-in, for each grant, and for the owner of each table. They share one session."""
    from tiktok_insights.doctor.snowflake.account import read_account

    account = Once(lambda: read_account(settings))
    names = [name for name in wrong if name.startswith("SNOWFLAKE_")]

    def guarded(look: Callable[[], Outcome]) -> Callable[[], Outcome]:
        return (lambda: blocked(f"{names[0]} is wrong.")) if names else look

    def probe(name: str, place: str, look: Callable[[], Outcome], *, optional: bool = False) -> Probe:
        return Probe(Subject(name=name, area=AREA, place=place, stage=_STAGE, optional=optional), guarded(look))

    yield probe("sign-in", settings.account or "Snowflake", lambda: _sign_in(account, settings))
    for grant in needed(settings.namespace, settings.warehouse):
        yield probe(
            f"{grant.privilege} ON {grant.kind}",
            grant.name,
            lambda grant=grant: _grant(account, grant, settings.role),  # type: ignore[misc]
            # Without the schema for readers, they have no views, and all else works.
            optional=grant in set(for_readers(settings.namespace)),
        )
    for grant in ownerships(settings.namespace):
        yield probe(
            f"{grant.privilege} ON {grant.kind}",
            grant.name,
            lambda grant=grant: _ownership(account, grant, settings.role),  # type: ignore[misc]
        )


def _sign_in(account: "Once[Account]", settings: SnowflakeSettings) -> Outcome:
    import snowflake.connector

    try:
        account.get()
    except SettingsError as error:
        return unknown(str(error))
    except snowflake.connector.Error as error:
        return refused(printable(" ".join(str(error).split())), settings)
    return ok(f"as {settings.user} with the role {settings.role}")


def refused(message: str, settings: SnowflakeSettings) -> Outcome:
    """What a sign-in that Snowflake refuses with this message lacks."""
    from tiktok_insights.settings.key_pair import public_key_text

    remedy = next((remedy for pattern, remedy in _REFUSALS if pattern.search(message)), _CHECK)
    names = {"role": settings.role.upper(), "user": settings.user.upper()}
    if "{public_key}" in remedy:
        names["public_key"] = public_key_text(settings.private_key, settings.private_key_passphrase)
    return missing(message, remedy.format(**names) if remedy != _CHECK else remedy)


def _grant(account: "Once[Account]", grant: Grant, role: str) -> Outcome:
    found = _signed_in(account)
    if isinstance(found, Outcome):
        return found
    if grant.is_in(found.grants):
        return ok()
    return missing(f"{role.upper()} does not have it, or it does not exist.", grant.statement(role.upper()))


def _ownership(account: "Once[Account]", grant: Grant, role: str) -> Outcome:
    found = _signed_in(account)
    if isinstance(found, Outcome):
        return found
    if grant.is_in(found.grants):
        return ok()
    if grant.name not in found.tables:
        return ok("created by the first run")
    return missing("Another role owns the table.", grant.statement(role.upper()))


def _signed_in(account: "Once[Account]") -> "Account | Outcome":
    """The account, or why nothing can be told about it."""
    try:
        return account.get()
    except Exception:  # noqa: BLE001  # the probe of the sign-in says what it is
        return blocked("Not signed in to Snowflake.")
