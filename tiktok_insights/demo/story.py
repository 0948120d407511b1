"""What happens in the demo: three accounts, 60 days, and something of everything that the history can tell.

Change the story here. What a field means is said in `local.fake_api.stories.story`.
"""

from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY, VIRTUAL_START
from tiktok_insights.local.fake_api.stories.story import (
    Burst,
    People,
    SameAge,
    Story,
    ToldAccount,
    Trouble,
)

#: The API of the demo cuts lists at this length, and the demo's settings say so.
CAP = 300
DAYS = 60
#: The day and hour at which the burst begins: 2026-06-07 14:00 UTC.
BURST_DAY = 37 + 14 / 24
#: Days on which nobody looks, as when a machine is off.
DAYS_WITHOUT_LOOK = (24, 25)
_FIRST_LOOK = 9 * 3_600

BAKERY, MUSEUM, CAFE = "demo.bakery", "demo.museum", "demo.cafe"

STORY = Story(
    days=DAYS,
    people=People(
        number=900,
        die=0.04,
        revive=0.4,
        hide=0.04,
        rename=0.06,
        swap=0.02,
        uncounted=0.02,
        same_age=(SameAge(people=180, day=34, hollow=True),),
    ),
    accounts=(
        ToldAccount(
            handle=BAKERY,
            nickname="The Demo Bakery 🥐",
            followers=75,
            cap=CAP,
            joins_per_day=1.5,
            leaves_per_day=0.004,
            come_back=0.4,
            claims_drift=0.0002,
            bursts=(Burst(day=BURST_DAY, follows=180, seconds=2_400, group=0, leave=0.4),),
            troubles=(Trouble(fault="ends-early-p3", from_day=45, to_day=46),),
        ),
        ToldAccount(
            handle=MUSEUM,
            nickname="The Demo Museum",
            followers=279,
            cap=CAP,
            joins_per_day=1.15,
            leaves_per_day=0.0022,
            come_back=0.4,
        ),
        ToldAccount(
            handle=CAFE,
            nickname="Demo Café ☕",
            followers=45,
            cap=CAP,
            joins_per_day=0.5,
            leaves_per_day=0.005,
            come_back=0.3,
            troubles=(Trouble(fault="hidden", from_day=18, to_day=20),),
        ),
    ),
)


def looks() -> list[int]:
    """Return when the accounts are looked at: once a day in the morning, within an hour (virtual unix seconds)."""
    return [
        VIRTUAL_START + day * SECONDS_PER_DAY + _FIRST_LOOK + day * 420 % 3_600
        for day in range(DAYS)
        if day not in DAYS_WITHOUT_LOOK
    ]
