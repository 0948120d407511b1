"""The people, and the exact expectation of what a full walk of the API returns.

Here: who a person is, what they count, who is listed where. Not here: spelling them in a dialect
(`dialect_web`, `dialect_app`). A person's facts are a pure function of seed, index and virtual day, so they
look the same in every list. Shares: the measured ones of the captured lists; no real person is among them.
"""

import dataclasses
import hashlib
import struct
from collections.abc import Iterator, Sequence

from tiktok_insights.local.fake_api.accounts import DEFAULT_ACCOUNTS, Account, Direction, Directory
from tiktok_insights.local.fake_api.activity import common_counts, drifted, share, star_counts
from tiktok_insights.local.fake_api.clock import day_of
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.faults.fault import Fault
from tiktok_insights.local.fake_api.follow_list import FollowList, follow_list, is_star
from tiktok_insights.local.fake_api.identity import sec_uid_of
from tiktok_insights.local.fake_api.naming import bio_of, nickname_of
from tiktok_insights.local.fake_api.seeding import key_of, mix
from tiktok_insights.local.fake_api.stories.course import course_of
from tiktok_insights.local.fake_api.stories.lives import FOREVER, Absence, Lives
from tiktok_insights.local.fake_api.stories.story import NO_STORY, Story
from tiktok_insights.local.fake_api.stories.told_list import ToldList

DEFAULT_SEED = 20_260_530

Slots = FollowList | ToldList
"""A list as pages see it, newest follow first."""

_WORDS = struct.Struct("<16I")
_PRIVATE = 0.24
_VERIFIED = 0.0003  # besides every fourth star: together 0.08 %
_VERIFIED_STAR_IN = 4
_EMPTY_BIO_IF_PUBLIC = 0.658  # with all private ones: 74 %
_VERIFIED_ACCOUNT_FROM = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """One synthetic follower on one virtual day, with exact facts."""

    tiktok_id: str
    sec_uid: str
    unique_id: str
    nickname: str
    bio: str
    verified: bool
    private: bool
    counts: Counts
    avatar_key: int


class World:
    """Everybody and every account under one seed, those of a story too. Times are virtual unix seconds."""

    def __init__(
        self,
        seed: int = DEFAULT_SEED,
        accounts: Sequence[Account] = DEFAULT_ACCOUNTS,
        story: Story = NO_STORY,
    ) -> None:
        self.seed = seed
        self._accounts = tuple(accounts)
        self.play(story)
        self._facts_key = key_of(seed, "facts").to_bytes(8, "little")
        self._dead_key = key_of(seed, "dead")

    def play(self, story: Story) -> None:
        """Let a story take the place of the one before. Raises ValueError for two accounts with one handle."""
        self.directory = Directory([*self._accounts, *(one.account for one in story.accounts)])
        self._lives = Lives(self.seed, story)
        self._told = {one.handle: one for one in story.accounts}
        self._lists = {
            one.handle: ToldList(key_of(self.seed, one.handle), course_of(self.seed, story, one), one)
            for one in story.accounts
        }

    def fault(self, account: Account, at: int) -> Fault | None:
        """Return the account's own fault at `at`, or None."""
        told = self._told.get(account.handle)
        return told.fault(at) if told else account.fault

    def account(self, handle: str) -> Account:
        """Return the account with this handle, configured or ad-hoc; raises LookupError for no such user."""
        account = self.directory.by_handle(handle)
        if account is None:
            raise LookupError(f"there is no account {handle!r}: configure it, or use a handle such as fake.1000")
        return account

    def follows(self, account: Account, direction: Direction = Direction.FOLLOWERS) -> Slots:
        """Return one of the account's two lists."""
        if direction is Direction.FOLLOWERS and account.handle in self._lists:
            return self._lists[account.handle]
        return follow_list(self.seed, account, direction)

    def total(self, account: Account, at: int, direction: Direction = Direction.FOLLOWERS) -> int:
        """Return the `total` that pages state: all followers at `at`, dead ones and dummies included."""
        return self.follows(account, direction).total(at)

    def listed(self, account: Account, at: int, direction: Direction = Direction.FOLLOWERS) -> Iterator[Person]:
        """Yield exactly those whom a full walk at `at` returns, each once, the newest follow first."""
        follows = self.follows(account, direction)
        for slot in follows.present(follows.newest_slot(at), at):
            if self.is_shown(account, follows, slot, at) and not follows.is_dummy(slot):
                yield self.person(follows.person_at(slot), at)

    def is_shown(self, account: Account, follows: Slots, slot: int, at: int) -> bool:
        """Tell whether pages have a row for the slot: they leave dead accounts out, but not dummies."""
        return follows.is_dummy(slot) or self.absence(account, follows.person_at(slot), at) is None

    def absence(self, account: Account, index: int, at: int) -> Absence | None:
        """Return since when and why the account's list leaves a person out at `at`, or None."""
        if not is_star(index) and mix(self._dead_key, index) < account.filtered_share * 2**64:
            return Absence(0, FOREVER, "died")
        return self._lives.absence(index, at)

    def served_counts(self, account: Account, person: Person) -> Counts:
        """Return the counts that this account's pages give: exact, or rounded and wrapped to int32."""
        return person.counts if account.exact_counts else person.counts.distorted()

    def profile(self, account: Account, at: int) -> Person:
        """Return the account itself as a person; its followers are the exact total at `at`."""
        key = key_of(self.seed, "profile", account.handle)
        return Person(
            tiktok_id=str(account.identifier),
            sec_uid=account.sec_uid,
            unique_id=account.handle,
            nickname=account.nickname,
            bio="A made-up account.\nNobody real follows it.",
            verified=account.followers >= _VERIFIED_ACCOUNT_FROM,
            private=False,
            counts=Counts(
                followers=self.total(account, at),
                following=self.total(account, at, Direction.FOLLOWINGS),
                videos=10 + key % 400,
                hearts=account.followers * (1 + key % 50),
                diggs=key % 5_000,
            ),
            avatar_key=key % 2**32,
        )

    def tiktok_id(self, index: int) -> str:
        """Return the id of the person `index`, which is the same at all times."""
        return str(self._lives.identifier(index))

    def person(self, index: int, at: int) -> Person:
        """Return the person `index` (below 2**32) on the virtual day of `at`."""
        words = _WORDS.unpack(
            hashlib.blake2b(index.to_bytes(8, "little"), key=self._facts_key, digest_size=64).digest()
        )
        star = is_star(index)
        identifier = self._lives.identifier(index)
        handle = self._lives.handle(index, at)
        private = not star and share(words[1]) < self._lives.private_share(index, _PRIVATE)
        verified = share(words[0]) < _VERIFIED or (star and words[0] % _VERIFIED_STAR_IN == 0)
        silent = private or share(words[12]) < _EMPTY_BIO_IF_PUBLIC
        counts = star_counts(words) if star else common_counts(words, private=private)
        return Person(
            tiktok_id=str(identifier),
            sec_uid=sec_uid_of(identifier),
            unique_id=handle,
            nickname=nickname_of(share(words[10]), words[11], handle),
            bio="" if silent else bio_of(share(words[13]), words[12]),
            verified=verified,
            private=private,
            counts=self._lives.counts(index) or drifted(counts, words[14], day_of(at)),
            avatar_key=words[15],
        )
