"""All about each account, and about all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.dashboard.facts.change import Burst, Cohort, Day, Period, Week
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights.dashboard.facts.people import Care, Who

#: The file holds so many accounts, the largest first; others by `tiktok-insights dashboard --account`.
MAX_ACCOUNTS = 20
#: Days in the charts of an account.
CHART_DAYS = 60
#: Weeks in the charts and tables of weeks: the one of the newest snapshot, and those before.
CHART_WEEKS = 12
#: Rows of a list of people, and bursts.
TOP = 20


@dataclass(frozen=True, slots=True)
class Account:
    """All about one account. `growth` and so on are in the order of the pages."""

    account_id: str
    handle: str | None
    coverage: Coverage
    #: By number of days. A period without an earlier snapshot is missing; so is one of which a shorter period has the
    #: snapshot, unless that is nearer to its own number of days.
    periods: Mapping[int, Period]
    #: The `CHART_DAYS` days up to the newest snapshot's, oldest first; also those without a snapshot.
    days: tuple[Day, ...]
    #: The newest `TOP`, newest first.
    bursts: tuple[Burst, ...]
    #: Those of the last `CHART_WEEKS` weeks, newest first.
    cohorts: tuple[Cohort, ...]
    #: The last `CHART_WEEKS` weeks, oldest first; also those without a snapshot.
    weeks: tuple[Week, ...]
    #: Users ever seen who have no cohort because their week is not certain.
    without_cohort: int
    who: Who
    care: Care
    states: States
    #: Snapshots of the same days as `days`, newest first.
    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Users who follow two accounts (M13)."""

    account_id: str
    other_account_id: str
    at_least: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the file shows. `accounts` are the largest first, by TikTok's newest count."""

    accounts: tuple[Account, ...]
    #: Accounts that have data and are not in the file.
    left_out: int
    #: Each pair of the accounts that have a list, the most shared first.
    shared: tuple[Shared, ...]
    #: Snapshots of these accounts, and when the first and the last of them began.
    snapshots: int
    first_at: datetime | None
    last_at: datetime | None
