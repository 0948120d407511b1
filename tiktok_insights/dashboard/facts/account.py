"""All about each account, and about all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.dashboard.facts.change import Burst, Cohort, Day, Period, Week
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights.dashboard.facts.people import Care, Who

#: The periods that a person can choose, in days.
PERIODS = (7, 28, 60)
#: The file holds so many accounts, the largest first; others by `tiktok-insights dashboard --account`.
MAX_ACCOUNTS = 20
#: Days in the charts of an account.
CHART_DAYS = 60
#: Rows of a list of people.
TOP = 20


@dataclass(frozen=True, slots=True)
class Account:
    """All about one account. `growth` and so on are in the order of the pages."""

    account_id: str
    handle: str | None
    coverage: Coverage
    #: By number of days; a period without an earlier snapshot is missing.
    periods: Mapping[int, Period]
    #: The last `CHART_DAYS` days up to the newest snapshot, oldest first.
    days: tuple[Day, ...]
    #: Newest first.
    bursts: tuple[Burst, ...]
    cohorts: tuple[Cohort, ...]
    #: Oldest first.
    weeks: tuple[Week, ...]
    #: Followers who have no cohort because their week is not certain.
    without_cohort: int
    who: Who
    care: Care
    states: States
    #: Snapshots of the last `CHART_DAYS` days, newest first.
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
    """All that the file shows. `accounts` are the largest first."""

    accounts: tuple[Account, ...]
    #: Accounts that have data and are not in the file.
    left_out: int
    shared: tuple[Shared, ...]
    snapshots: int
    first_at: datetime | None
    last_at: datetime | None
