"""Puts the facts together: everything that is read, by account."""

from collections.abc import Sequence

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.facts.account import Account, Facts, Shared
from tiktok_insights.dashboard.facts.coverage import States
from tiktok_insights.dashboard.reading.choice import Known, chosen, known_accounts
from tiktok_insights.dashboard.reading.coverage import no_coverage, read_coverage, read_states
from tiktok_insights.dashboard.reading.days import Days, read_periods
from tiktok_insights.dashboard.reading.people import People
from tiktok_insights.dashboard.reading.statements import Statements, real
from tiktok_insights.dashboard.reading.weeks import Weeks


def read_facts(session: Session, accounts: Sequence[str] = ()) -> Facts:
    """Read the facts of some accounts, by IDs or handles, or of the largest ones.

    Raises NoSnapshotError. The same data give the same facts.
    """
    known = known_accounts(session)
    wanted = chosen(known, accounts)
    if not wanted:
        return Facts((), 0, (), 0, None, None)
    ask = Statements(session, [account.account_id for account in wanted])
    return Facts(
        accounts=_accounts(ask, wanted),
        left_out=len(known) - len(wanted),
        shared=tuple(
            Shared(row["ACCOUNT_ID"], row["OTHER_ACCOUNT_ID"], row["AT_LEAST"], real(row["SHARE"]))
            for row in ask.rows("shared")
        ),
        snapshots=sum(account.snapshots for account in wanted),
        first_at=min((account.first_at for account in wanted if account.first_at), default=None),
        last_at=max((account.last_at for account in wanted if account.last_at), default=None),
    )


def _accounts(ask: Statements, wanted: Sequence[Known]) -> tuple[Account, ...]:
    people, days, weeks = People.read(ask), Days.read(ask), Weeks.read(ask)
    covered, states, periods = read_coverage(ask, people.listed), read_states(ask), read_periods(ask)
    found = []
    for account in wanted:
        name, last_at = account.account_id, account.last_at
        cover = covered.get(name, no_coverage())
        growth = weeks.of(name, last_at)
        found.append(
            Account(
                account_id=name,
                handle=account.handle,
                coverage=cover.coverage,
                periods=periods.get(name, {}),
                days=days.of(name, last_at),
                bursts=growth.bursts,
                cohorts=growth.cohorts,
                weeks=growth.weeks,
                without_cohort=growth.without_cohort,
                who=people.who(name, is_too_little=cover.is_too_little),
                care=people.care(name),
                states=states.get(name, States(0, 0, 0, 0, 0, 0, 0)),
                snapshots=cover.snapshots,
            )
        )
    return tuple(found)
