"""People: the measured shares at a fixed seed, the same person everywhere, drift with the virtual day."""

import statistics

import pytest

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.population import Person, World

DAY = 86_400
WORLD = World(7)


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Forty thousand people on the first day."""
    return [WORLD.person(index, VIRTUAL_START) for index in range(40_000)]


def share(values: list[bool]) -> float:
    """Return the share of true values."""
    return sum(values) / len(values)


def test_flags_have_the_measured_shares(people: list[Person]) -> None:
    """Private 24 %, verified 0.02-0.1 %."""
    assert share([person.private for person in people]) == pytest.approx(0.24, abs=0.01)
    assert 0.0002 <= share([person.verified for person in people]) <= 0.0012


def test_bios_are_empty_at_the_measured_share(people: list[Person]) -> None:
    """74 % of all, 100 % of private ones."""
    assert share([person.bio == "" for person in people]) == pytest.approx(0.74, abs=0.01)
    assert not any(person.bio for person in people if person.private)


def test_counts_are_zero_at_the_measured_shares(people: list[Person]) -> None:
    """Followers 2-5 %, videos 44-48 % and all private ones, hearts 33 % (74 % without videos), friends always."""
    assert 0.02 <= share([person.counts.followers == 0 for person in people]) <= 0.05
    assert 0.44 <= share([person.counts.videos == 0 for person in people]) <= 0.48
    assert all(person.counts.videos == 0 for person in people if person.private)
    assert share([person.counts.hearts == 0 for person in people]) == pytest.approx(0.335, abs=0.015)
    idle = [person.counts.hearts == 0 for person in people if person.counts.videos == 0]
    assert share(idle) == pytest.approx(0.74, abs=0.01)
    assert {person.counts.friends for person in people} == {0}


def test_counts_have_the_measured_medians(people: list[Person]) -> None:
    """Medians of the lognormal distributions: e**4.65, e**7.3, e**2.58, e**8.35."""
    followers = statistics.median(person.counts.followers for person in people if person.counts.followers)
    assert followers == pytest.approx(104.6, rel=0.05)
    assert statistics.median(person.counts.following for person in people) == pytest.approx(1_480, rel=0.05)
    videos = statistics.median(person.counts.videos for person in people if person.counts.videos)
    assert videos == pytest.approx(14, abs=1.5)
    assert statistics.median(person.counts.diggs for person in people) == pytest.approx(4_230, rel=0.07)
    assert max(person.counts.following for person in people) == 10_000


def test_only_stars_are_beyond_an_int32_and_some_of_them_wrap_to_positive(people: list[Person]) -> None:
    """One in 512; a wrapped count that looks plausible is the worse trap."""
    stars = [person for person in people if person.counts.hearts >= 2**31]
    assert len(stars) == 40_000 // 512 + 1
    wrapped = [person.counts.distorted().hearts for person in stars]
    assert min(wrapped) < 0 < max(wrapped)
    assert all(person.counts.distorted().hearts >= 0 for person in people if person.counts.hearts < 2**31)


def test_ids_handles_and_secure_ids_are_unique(people: list[Person]) -> None:
    """Nicknames are not."""
    assert len({person.tiktok_id for person in people}) == len(people)
    assert len({person.unique_id for person in people}) == len(people)
    assert len({person.sec_uid for person in people}) == len(people)
    assert len({person.nickname for person in people}) < len(people)


def test_accounts_share_people_who_look_the_same_in_each() -> None:
    """Some follow several accounts."""
    museum = {person.tiktok_id: person for person in WORLD.listed(WORLD.account("city.museum"), VIRTUAL_START)}
    market = {person.tiktok_id: person for person in WORLD.listed(WORLD.account("night.market"), VIRTUAL_START)}
    both = museum.keys() & market.keys()
    assert len(both) > 30
    assert all(museum[identifier] == market[identifier] for identifier in both)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    """Determinism across two instances."""
    account = WORLD.account("corner.bakery")
    first = list(WORLD.listed(account, VIRTUAL_START))
    assert list(World(7).listed(account, VIRTUAL_START)) == first
    assert not {person.tiktok_id for person in World(8).listed(account, VIRTUAL_START)} & {
        person.tiktok_id for person in first
    }


def test_counts_drift_a_little_and_identity_does_not() -> None:
    """After ten days a third have somewhat larger counts; a count of 0 stays, within a day nothing moves."""
    before = [WORLD.person(index, VIRTUAL_START) for index in range(3_000)]
    same_day = [WORLD.person(index, VIRTUAL_START + DAY - 1) for index in range(3_000)]
    after = [WORLD.person(index, VIRTUAL_START + 10 * DAY) for index in range(3_000)]
    assert same_day == before
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert len(changed) / 3_000 == pytest.approx(1 / 3, abs=0.04)
    for one, two in changed:
        assert (one.tiktok_id, one.unique_id, one.nickname) == (two.tiktok_id, two.unique_id, two.nickname)
        assert 0 <= two.counts.followers - one.counts.followers <= 50
        assert two.counts.followers > 0 or one.counts.followers == 0


def test_pages_leave_about_one_in_twenty_out() -> None:
    """The measured share, with none where an account filters nobody."""
    rows = sum(1 for _ in WORLD.listed(WORLD.account("fake.20000.nocap"), VIRTUAL_START))
    assert rows / 20_000 == pytest.approx(0.95, abs=0.006)
    assert sum(1 for _ in WORLD.listed(WORLD.account("fake.900.full"), VIRTUAL_START)) in {899, 900}


def test_an_account_without_exact_counts_serves_distorted_ones() -> None:
    """The expectation follows the account."""
    person = next(one for one in WORLD.listed(WORLD.account("city.museum"), VIRTUAL_START) if one.counts.diggs > 10**6)
    assert WORLD.served_counts(WORLD.account("fake.1000"), person) == person.counts
    assert WORLD.served_counts(WORLD.account("fake.1000.rounded"), person).diggs % 100_000 == 0


def test_a_profile_states_the_exact_total() -> None:
    """Coverage is measured against it."""
    account = Account(handle="some.body", followers=321)
    assert WORLD.profile(account, VIRTUAL_START).counts.followers == 321
    assert isinstance(WORLD.profile(account, VIRTUAL_START + 90 * DAY).counts, Counts)


def test_an_unknown_account_is_named_in_the_error() -> None:
    """The message says what to do."""
    with pytest.raises(LookupError, match=r"nobody\.here.*fake\.1000"):
        WORLD.account("nobody.here")
