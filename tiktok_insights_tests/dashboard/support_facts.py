"""Facts made by hand, as tests and pictures of the dashboard need them: accounts with each kind of list.

The numbers are made up, but agree with each other. Accounts whose every detail matters belong in the test itself.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from tiktok_insights.dashboard.facts.account import CHART_DAYS, TOP, Account, Facts, Shared
from tiktok_insights.dashboard.facts.change import Burst, Cohort, Day, Kept, Period, Week
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights.dashboard.facts.people import (
    Care,
    Cell,
    Group,
    HeartsOfName,
    NewFollower,
    Person,
    Ranked,
    Signs,
    Total,
    Who,
)
from tiktok_insights.dashboard.reading.people import NO_PLACES
from tiktok_insights.insights.thresholds import PERIODS

AS_OF = datetime.fromisoformat("2026-04-30T06:12")
TODAY = datetime.fromisoformat("2026-04-30")
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><b>bold",
    '" onload="alert(1)',
    "\u202egnitirw sdrawkcab",
    "\u200b\u200b",
    "line\u2028break",
    "x" * 10_000,
    "Z\u0334\u0321\u0353\u035d\u0353o\u0337\u0316\u034c\u0353e\u0336\u032b\u0352",
    "\U0001f469\u200d\U0001f467 casa azul",
    "نورا الخزّافة",
    '=HYPERLINK("http://x")',
    "&amp;&lt;",
    "",
    "小さな窯",
)


TIERS = {"under 1,000": 0.844, "nano": 0.139, "micro": 0.016, "mid": 0.0003, "macro": 0.0, "mega": 0.0}
BANDS = {"1-499": 0.08, "500-1,499": 0.379, "1,500-4,999": 0.439, "5,000-9,899": 0.081, "9,900+": 0.021}


def cut_account(handle: str | None = "north.kiln", account_id: str = "101") -> Account:
    """An account of whose list the API shows the newest 10,000."""
    snapshots = _snapshots("cut", 43_046, 0.22, reaches=59, missing={25, 42, 43}, holes_at={21})
    return Account(
        account_id,
        handle,
        _coverage(snapshots, 9_490, 8_884),
        _periods(43_046, 121, 9_487, 0.0155, cut=True),
        _days(43_046, 121, 190, "cut", {25, 42, 43}, burst_at=16),
        (_burst(),),
        _cohorts(1_200, 8),
        _weeks(1_250, 9),
        488,
        who(9_490, _seeded(1)),
        care(9_490, _seeded(2)),
        States(9_416, 74, 30, 1_700, 9_195, 9_192, 3),
        snapshots,
    )


def whole_account(handle: str | None = "mila.draws", account_id: str = "102") -> Account:
    """A small account whose list comes to its end."""
    snapshots = _snapshots("whole", 1_000, 0.95, reaches=None, missing={42, 43}, holes_at=set())
    return Account(
        account_id,
        handle,
        _coverage(snapshots, 950, 893),
        _periods(1_000, 2.7, 933, 0.0021, cut=False),
        _days(1_000, 3, 4, "whole", {42, 43}, burst_at=None),
        (),
        _cohorts(22, 8),
        _weeks(22, 9),
        12,
        who(950, _seeded(3)),
        care(950, _seeded(4)),
        States(945, 5, 0, 71, 0, 0, 0),
        snapshots,
    )


def hidden_account(handle: str | None = "harbor.run.club", account_id: str = "103") -> Account:
    """An account that has hidden its list for 19 days."""
    before = _snapshots("partial", 18_420, 0.27, reaches=71, missing={42, 43}, holes_at=set())
    shown = tuple(snapshot for snapshot in before if snapshot.looked_at < AS_OF - timedelta(days=18.5))
    hidden = tuple(
        Snapshot(snapshot.looked_at, "hidden", None, 0, snapshot.claimed, 0.0, None, 0, 0, 1, None)
        for snapshot in before[:19]
    )
    periods = {
        days: replace(
            period,
            joined=None,
            listed_before=None,
            still_listed=None,
            gone=None,
            missed_once=None,
            unknown=None,
            returned=None,
            came_and_went=None,
            unexplained=None,
        )
        for days, period in _periods(18_420, 51, 4_700, 0.01, cut=True).items()
    }
    days = tuple(
        replace(day, list="hidden" if day.list else None, at_least=None, at_most=None, gone=0, missed_once=0)
        if day.day > TODAY - timedelta(days=19)
        else day
        for day in _days(18_420, 51, 80, "partial", {42, 43}, burst_at=None)
    )
    coverage = Coverage(hidden[0], shown[0], hidden[-1].looked_at, 4_745, 4_400, 0, 0, 345)
    return Account(
        account_id,
        handle,
        coverage,
        periods,
        days,
        (),
        _cohorts(500, 6)[2:],
        _weeks(520, 6),
        200,
        who(4_745, _seeded(5)),
        care(4_745, _seeded(6)),
        States(4_700, 45, 8, 900, 5_200, 5_190, 10),
        (*hidden, *shown),
    )


def first_look(handle: str | None = "first.look", account_id: str = "104") -> Account:
    """An account with one snapshot, so that nothing can be compared; TikTok served no counts."""
    account = whole_account(handle, account_id)
    days = tuple(replace(day, claimed=None, list=None, at_least=None, at_most=None) for day in account.days[:-1])
    signs, nobody = (_signs(users, 0.0, known=0) for users in (950, 0))
    newest = replace(account.days[-1], at_least=None, at_most=None, gone=0)
    return replace(
        account,
        coverage=Coverage(account.snapshots[0], account.snapshots[0], None, 950, 0, 0, 0, 950),
        periods={},
        days=(*days, newest),
        cohorts=(),
        weeks=(),
        snapshots=account.snapshots[:1],
        states=States(950, 0, 0, 0, 0, 0, 0),
        who=replace(
            account.who,
            followers=Total(0, 0),
            following=Total(0, 0),
            hearts=Total(0, 0),
            most_followed=(),
            follow_most=(),
            most_hearts=(),
            most_videos=(),
            tiers=(*_groups(0, dict.fromkeys(TIERS, 0)), Group("not served", 950, 950, None)),
            bands=(*_groups(0, dict.fromkeys(BANDS, 0)), Group("not served", 950, 950, None)),
            new=(),
            notable=0,
        ),
        care=Care(signs, nobody, nobody, 0, 0, None, (), NO_PLACES),
    )


def facts(*accounts: Account, left_out: int = 0) -> Facts:
    """A file of these accounts, or of one of each kind."""
    chosen = accounts or (cut_account(), hidden_account(), whole_account())
    pairs = [(one.account_id, other.account_id) for at, one in enumerate(chosen) for other in chosen[at + 1 :]]
    shared = tuple(Shared(one, other, 212 - 57 * at if at < 4 else 5, None) for at, (one, other) in enumerate(pairs))
    taken = [snapshot.looked_at for account in chosen for snapshot in account.snapshots]
    return Facts(chosen, left_out, shared, len(taken), min(taken), max(taken))


def no_facts() -> Facts:
    """A file of no account."""
    return Facts((), 0, (), 0, None, None)


def who(users: int, rng: random.Random, names: tuple[str, ...] = HOSTILE) -> Who:
    """The people of a list, with hostile names among the first."""
    people = [_person(at, names, rng) for at in range(TOP)]
    served = round(users * 0.936)
    ranked = tuple(Ranked(person, round(136_525 / (at + 1) ** 0.8)) for at, person in enumerate(people))
    unserved = users - served
    return Who(
        users=users,
        followers=Total(8_242_844, served),
        following=Total(20_613_452, served),
        hearts=Total(58_818_211, served),
        privacy=_groups(users, {"public": 0.716, "private": 0.284, "unknown": 0}),
        verification=_groups(users, {"verified": 0.002, "not verified": 0.998, "unknown": 0}),
        most_followed=ranked,
        follow_most=tuple(Ranked(person, 9_999 - at // 3) for at, person in enumerate(people)),
        most_hearts=tuple(
            HeartsOfName(person.nick_name, 1 + at % 3, 2_795_352 // (at + 1)) for at, person in enumerate(people)
        ),
        most_videos=tuple(Ranked(person, 3_649 // (at + 1)) for at, person in enumerate(people)),
        tiers=(*_groups(served, TIERS), Group("unknown", unserved, users, None)),
        bands=(*_groups(served, BANDS), Group("not served", unserved, users, None)),
        notable=145,
        new=tuple(
            NewFollower(person, 123_159 // (at + 1), 936 + at, 43 * at, at, at == 5) for at, person in enumerate(people)
        ),
        new_users=round(users * 0.114),
    )


def care(users: int, rng: random.Random) -> Care:
    """Signs of a list, and its map."""
    cells = tuple(
        Cell(joined, created, rng.randint(1, 9), TODAY - timedelta(days=3_300 - 55 * created))
        for joined in range(60)
        for created in range(60)
        if rng.random() < 0.25 + created / 80
    )
    return Care(
        _signs(users, 0.057),
        _signs(round(users * 0.497), 0.073),
        _signs(users, 0.057),
        round(users * 0.67),
        round(users * 0.09),
        0.134,
        cells,
        None,
    )


def _signs(users: int, several: float, known: int | None = None) -> Signs:
    known = round(users * 0.67) if known is None else known
    classes = _groups(known, {"none": 0.943 - 0.263, "one": 0.263, "several": several})
    return Signs(
        users,
        (*classes, Group("cannot say", users - sum(group.users for group in classes), users, None)),
        _groups(
            known,
            {
                "default handle": 0.062,
                "follows many more": 0.193,
                "never liked": 0.079,
                "young when joined": 0.001,
                "same age": 0.032,
                "at the follow limit": 0.02,
            },
        ),
    )


def _seeded(seed: int) -> random.Random:
    """The same numbers each time."""
    return random.Random(seed)  # noqa: S311  # pictures, not secrets


def _groups(of: int, shares: dict[str, float]) -> tuple[Group, ...]:
    sizes = {name: round(of * share) for name, share in shares.items()}
    return tuple(Group(name, users, of, users / of if users >= 10 else None) for name, users in sizes.items())


def _person(at: int, names: tuple[str, ...], rng: random.Random) -> Person:
    words = ("moss", "linen", "cobalt", "amber", "olive", "dune", "pine", "koi")
    handle = f"{rng.choice(words)}.{rng.choice(words)}{at}"
    return Person(str(7_000_000_000 + at), handle, names[at % len(names)] if at % 2 else f"{handle.title()} Studio")


def _snapshots(
    kind: str, claimed: int, share: float, reaches: int | None, missing: set[int], holes_at: set[int]
) -> tuple[Snapshot, ...]:
    snapshots = []
    for back in range(CHART_DAYS):
        if back in missing:
            continue
        at, count = AS_OF - timedelta(days=back, minutes=7 * back % 11), round(claimed * (1 - back * 0.0028))
        seen, holes = round(min(count, 43_000) * share) if kind == "whole" else round(claimed * share) - 3 * back, 0
        if back in holes_at:
            seen, holes = seen - 30, 1
        snapshots.append(
            Snapshot(
                at,
                "partial" if holes else kind,
                None,
                seen,
                count,
                seen / count,
                None if reaches is None else at - timedelta(days=reaches + 8 * (back / 60)),
                1_800 * holes,
                holes,
                1 + seen // 30,
                200_000 + 40 * back,
            )
        )
    return tuple(snapshots)


def _coverage(snapshots: tuple[Snapshot, ...], listed: int, exact: int) -> Coverage:
    return Coverage(snapshots[0], snapshots[0], None, listed, exact, 0, 0, listed - exact)


def _periods(count: int, per_day: float, before: int, leaving: float, *, cut: bool) -> dict[int, Period]:
    periods = {}
    for days in PERIODS:
        change = round(days * per_day)
        joined, gone = round(change * 1.285) if cut else change, max(2, round(before * leaving * days / 7))
        maybe, unknown = (17, min(round(before * 0.097 * days / 7), before // 2)) if cut else (0, 0)
        returned = 74 if cut else 0
        periods[days] = Period(
            days,
            AS_OF - timedelta(days=days - (days == 60)),
            AS_OF,
            days - (days == 60),
            count - change,
            count,
            joined,
            0,
            days == 60 and cut,
            before,
            before - gone - maybe - unknown,
            gone,
            maybe,
            unknown,
            returned,
            39 if cut else 0,
            change - joined + gone + maybe,
        )
    return periods


def _days(count: int, per_day: int, joined: int, kind: str, missing: set[int], burst_at: int | None) -> tuple[Day, ...]:
    rng, days = _seeded(count), []
    for back in reversed(range(CHART_DAYS)):
        taken, wobble = back not in missing, 1 if back in {0, *PERIODS} else rng.uniform(1, 1.1)
        sure = round(joined * rng.uniform(0.55, 0.95)) + (210 if back == burst_at else 0)
        days.append(
            Day(
                TODAY - timedelta(days=back),
                count - round(back * per_day * wobble) if taken else None,
                kind if taken else None,
                kind == "cut" and back == 21,
                sure,
                sure + round(joined * 0.3),
                round(joined * 0.2 * rng.random()) if taken else 0,
                17 if back == 0 and joined > 9 else 0,
                round(joined * rng.uniform(0.6, 1.1)) if taken and kind == "cut" else 0,
            )
        )
    return tuple(days)


def _burst() -> Burst:
    start = datetime.fromisoformat("2026-04-14T19:00")
    return Burst(start, start + timedelta(hours=3), 361, 8.0, 0.63, 0.89, 124, 185, 0.67, 0.039, 25.0, 770.0)


def _cohorts(users: int, weeks: int) -> tuple[Cohort, ...]:
    cohorts, now = [], datetime.fromisoformat("2026-04-20")
    for ago in range(1, weeks + 1):
        kept = []
        for week in range(1, ago + 1):
            share, n = 0.93 - 0.011 * week - 0.002 * ago, round(users * 0.97)
            shown = n >= 30 and not (ago == weeks and week == ago)
            kept.append(Kept(week, n, users - n, 0, *((share, share - 0.016, share + 0.014) if shown else (None,) * 3)))
        cohorts.append(Cohort(now - timedelta(weeks=ago), users + 10 * ago, tuple(kept)))
    return tuple(cohorts)


def _weeks(joined: int, weeks: int) -> tuple[Week, ...]:
    made = []
    for ago in reversed(range(weeks)):
        several, known = round(joined * (0.1 if ago == 2 else 0.03)), round(joined * 0.67)
        share = several / known if known >= 30 and several >= 10 else None
        made.append(
            Week(
                datetime.fromisoformat("2026-04-27") - timedelta(weeks=ago),
                850,
                joined,
                145,
                -145,
                several,
                known,
                share,
                share and share - 0.012,
                share and share + 0.014,
            )
        )
    return tuple(made)
