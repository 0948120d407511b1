"""Opens what a removal reaches, for the command line and for Dagster's job alike. Dagster is not imported here.

The order of a removal belongs in `people.forget`.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import partial

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.dagster_postgres import clean_postgres
from tiktok_insights.people.erasing.dashboard import renew_dashboard
from tiktok_insights.people.erasing.local_files import clean_machine
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.forget import Reach
from tiktok_insights.people.person import Person, UnknownPersonError
from tiktok_insights.people.remains import Remainder, in_postgres, in_the_bucket, in_the_query_history, in_the_warehouse
from tiktok_insights.people.unfinished import Unfinished
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.dagster_records import postgres_url
from tiktok_insights.resources.opening import aws_client, open_bucket, open_extraction_lock, open_session
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.scratch import remove_abandoned
from tiktok_insights.settings.environment import Deployment, Settings
from tiktok_insights.suppression.hashes import is_id
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS

_STEP = "forget"
_ACCOUNTS = f"SELECT DISTINCT ACCOUNT_ID FROM {ACCOUNT_SNAPSHOTS.name} WHERE LOWER(HANDLE) = LOWER(?)"
_HANDLES = f"SELECT DISTINCT HANDLE FROM {ACCOUNT_SNAPSHOTS.name} WHERE ACCOUNT_ID = ?"


class AccountStillFollowedError(RuntimeError):
    """An account is still in the settings, so that the next run would fetch it again."""


def open_reach(settings: Settings, progress: ProgressReporter, log: logging.Logger) -> Reach:
    """Open everything that a removal reaches. Raises SettingsError, StackError, and the clients' errors."""
    records = postgres_url(settings.dagster_home)
    return Reach(
        open_store=partial(open_bucket, settings.s3),
        open_suppressions=partial(open_suppression, settings.s3),
        connect=partial(open_session, settings.snowflake, _STEP),
        unfinished=Unfinished(settings.home),
        unfinished_accounts=Unfinished(settings.home, of_accounts=True),
        lock=partial(open_extraction_lock, str(settings.home), settings.s3, log),
        clean_machine=partial(_clean_machine, settings, records),
        remains=partial(_remains, settings, records),
        system=f"{open_bucket(settings.s3).uri('')} and the database {settings.snowflake.database}",
        log=log,
        progress=progress,
    )


def account_of(settings: Settings, reach: Reach, reference: str) -> str:
    """The ID of the account with an ID, handle or secUid, which the settings must not name any more.

    Raises UnknownPersonError and AccountStillFollowedError.
    """
    raw, name = RawStore(reach.open_store()), reference.strip().removeprefix("@")
    account = name if is_id(name) else raw.remembered_account(name)
    with reach.connect() as session:
        if account is None:
            found = {account_id for (account_id,) in session.query(_ACCOUNTS, (name,))}
            found |= {note.person.id for note in reach.unfinished_accounts.notes() if note.person.is_handle(name)}
            account = min(found) if len(found) == 1 else None
        if account is None:
            raise UnknownPersonError("No single account has this name. Use the account's ID.")
        names = {name.lower(), *(str(handle).lower() for (handle,) in session.query(_HANDLES, (account,)) if handle)}
    for one in settings.tiktok.accounts:
        followed = one.strip(" @")
        if followed.lower() in names or raw.remembered_account(followed) == account:
            msg = (
                f"{one} is still in TIKTOK_ACCOUNTS, so the next run would fetch it again. Take it out, and run again."
            )
            raise AccountStillFollowedError(msg)
    return account


def _clean_machine(settings: Settings, records: str | None, people: Collection[Person]) -> Iterator[Cleaned]:
    """Make the dashboard again, then clean the files of this machine, where a local stack is stopped meanwhile."""
    with open_session(settings.snowflake, _STEP) as session:
        yield renew_dashboard(session, open_bucket(settings.s3), settings.dashboard)
    abandoned = remove_abandoned()
    yield Cleaned("temporary folders of processes that were killed", abandoned)
    names = [name for person in people for name in person.names()]
    if records:
        yield clean_postgres(records, NamedTexts.of(names))
    yield from clean_machine(settings.home, settings.dagster_home, names)


def _remains(settings: Settings, records: str | None) -> Iterator[Remainder]:
    today = datetime.now(UTC).date()
    if versions := in_the_bucket(aws_client("s3", settings.s3), settings.s3.bucket, today):
        yield versions
    if records:
        yield from in_postgres(today)
    if settings.deployment is Deployment.AWS:
        with open_session(settings.snowflake, _STEP) as session:
            yield from in_the_warehouse(session, today)
        yield from in_the_query_history(today)
