"""The fake API's accounts, and how to name one. Users who want other accounts read this.

Here: an account's fixed facts, and its lookup by handle, ID and secure ID. Not here: its followers (`follow_list`,
`population`).

There are three accounts by default. Any other account exists as soon as you name it, without configuration:

    fake.<followers>[.app|.mix][.cap5k|.nocap][.rounded][.data][.full][.dense][.<state>|.fault-<fault>]

`app`, `mix`: responses in the APP dialect, or alternating between both. `cap5k`, `nocap`: the list is cut after 5,000
users or never, instead of after 10,000. `rounded`: no exact counts (`statsV2`). `data`: pages are wrapped in `data`.
`full`: the list has every follower that the profile counts. `dense`: followers arrived in a rush, often 2 to 40 of them
in one second. Options can come in any order; the account's own handle has them in this order.

A state is one of `hidden`, `private`, `banned`, `not-found`, `under-age`, `audience-controls`. A fault is

    <kind>[-p<page>[to<page>]][-x<times>[each]][-e<every>]

with a kind from `faults.kinds.KINDS`. `-p3`: from page 3 on (`-p3to5`: pages 3 to 5, `-p3to3`: only page 3; page 0 is
the profile, page 1 is the list's first page and the usual start). `-x2`: only the first two requests (`-x2each`: the
first two requests for each page, so the third one succeeds). `-e4`: only every fourth of these requests. Examples:
`fake.1000.fault-503-p3-x2`, `fake.1000.app.fault-cursor-stuck-p2`. In a handle, pages go up to 63, ranges to 7 pages,
times to 7, and every to 4, because everything has to fit into the account's ID. The control endpoint has no limits.
"""

import dataclasses
import enum
import math
import re
from collections.abc import Collection, Iterable

from tiktok_insights.local.fake_api.faults.fault import MOST_CODES, Fault, fault_named, fault_of_code
from tiktok_insights.local.fake_api.faults.kinds import STATES
from tiktok_insights.local.fake_api.identity import (
    account_code,
    account_id,
    code_of_name,
    id_of_sec_uid,
    sec_uid_of,
)

MOST_FOLLOWERS = 100_000_000
"""The largest account: one follower a second, back to before which nobody has an account."""

_HANDLE = re.compile(r"[a-z0-9._-]{2,96}")
_AD_HOC = re.compile(r"fake\.(0|[1-9][0-9]{0,8})((?:\.[a-z0-9-]+)*)")
_FAULT = "fault-"
#: Of each line at most one; the account's own handle has them in this order.
_CHOICES = (("app", "mix"), ("cap5k", "nocap"), ("rounded",), ("data",), ("full",), ("dense",))
_OPTIONS = tuple(option for choices in _CHOICES for option in choices)
_COMBINATIONS = math.prod(len(choices) + 1 for choices in _CHOICES)


class Dialect(enum.Enum):
    """Which of the two spellings an account's pages have (captured responses)."""

    WEB = "web"
    APP = "app"
    ALTERNATING = "alternating"


class Direction(enum.Enum):
    """Which of an account's two lists: those who follow it, or those it follows."""

    FOLLOWERS = "followers"
    FOLLOWINGS = "followings"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as configured. `followers` is the exact number at the start of virtual time.

    `cap` ends a list after that many most recent follows (None: never). `filtered_share` of its followers
    are dead and left out of pages, though `total` counts them. Without `exact_counts` rows hold the rounded
    `stats` only. `dense`: many followers share a second. `fault` strikes its requests; whom it lists is the same
    without it. Raises ValueError for a handle or a number that cannot be served.
    """

    handle: str
    followers: int
    nickname: str = ""
    dialect: Dialect = Dialect.WEB
    cap: int | None = 10_000
    filtered_share: float = 0.05
    exact_counts: bool = True
    wrapped_in_data: bool = False
    dense: bool = False
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if not _HANDLE.fullmatch(self.handle):
            raise ValueError(f"handle {self.handle!r}: use 2 to 96 characters: a-z, 0-9, dot, underscore or hyphen")
        if not 0 <= self.followers <= MOST_FOLLOWERS:
            raise ValueError(f"account {self.handle}: followers must be from 0 to {MOST_FOLLOWERS:,}")
        if not 0 <= self.filtered_share <= 0.9:
            raise ValueError(
                f"account {self.handle}: filtered_share must be from 0 to 0.9; with more, pages would be empty"
            )
        if self.cap is not None and self.cap < 1:
            raise ValueError(f"account {self.handle}: cap must be at least 1, or None")

    @property
    def identifier(self) -> int:
        """The account's id: 19 digits, and the same whatever the seed."""
        ad_hoc = _ad_hoc_code(self)
        return account_id(code_of_name(self.handle) if ad_hoc is None else ad_hoc)

    @property
    def sec_uid(self) -> str:
        """The account's secure id: 76 characters."""
        return sec_uid_of(self.identifier)


DEFAULT_ACCOUNTS = (
    Account(handle="corner.bakery", followers=30, nickname="The Corner Bakery 🥐"),
    Account(handle="city.museum", followers=1_000, nickname="City Museum, Made-up Town"),
    Account(handle="night.market", followers=10_000, nickname="Night Market 夜市"),
)


class Directory:
    """Looks accounts up: the configured ones, and any that an ad-hoc handle describes."""

    def __init__(self, accounts: Iterable[Account] = DEFAULT_ACCOUNTS) -> None:
        self.configured = tuple(accounts)
        self._by_handle = {account.handle: account for account in self.configured}
        self._by_id = {account.identifier: account for account in self.configured}
        if len(self._by_id) < len(self.configured):
            raise ValueError("two configured accounts have the same handle: list each one once")

    def by_handle(self, handle: str) -> Account | None:
        """Return the account, or None where the API would say that there is no such user."""
        return self._by_handle.get(handle) or _ad_hoc_account(handle)

    def by_id(self, identifier: int) -> Account | None:
        """Return the account with this id, or None."""
        if identifier in self._by_id:
            return self._by_id[identifier]
        code = account_code(identifier)
        handle = None if code is None else _ad_hoc_handle(code)
        account = None if handle is None else self.by_handle(handle)
        return account if account and account.identifier == identifier else None

    def by_sec_uid(self, sec_uid: str) -> Account | None:
        """Return the account with this secure id, or None."""
        identifier = id_of_sec_uid(sec_uid)
        return None if identifier is None else self.by_id(identifier)


def _ad_hoc_account(handle: str) -> Account | None:
    """Return the account that an ad-hoc handle describes, or None for any other text."""
    match = _AD_HOC.fullmatch(handle)
    if match is None or int(match[1]) > MOST_FOLLOWERS:
        return None
    words = match[2].split(".")[1:]
    options = [word for word in words if word in _OPTIONS]
    faults = [word for word in words if word not in _OPTIONS]
    if len(set(options)) < len(options) or len(faults) > 1:
        return None
    if any(len(set(choices).intersection(options)) > 1 for choices in _CHOICES):
        return None
    fault = _fault_of(faults[0]) if faults else None
    if faults and fault is None:
        return None
    dialect = Dialect.APP if "app" in options else Dialect.ALTERNATING if "mix" in options else Dialect.WEB
    return Account(
        handle=_spelled(int(match[1]), options, fault),
        followers=int(match[1]),
        nickname=f"Fake account of {int(match[1]):,}",
        dialect=dialect,
        cap=5_000 if "cap5k" in options else None if "nocap" in options else 10_000,
        filtered_share=0.0 if "full" in options else 0.05,
        exact_counts="rounded" not in options,
        wrapped_in_data="data" in options,
        dense="dense" in options,
        fault=fault,
    )


def _fault_of(word: str) -> Fault | None:
    """Return the fault that an option of a handle spells, or None for any other text."""
    if word not in STATES and not word.startswith(_FAULT):
        return None
    try:
        fault = fault_named(word.removeprefix(_FAULT))
    except ValueError:
        return None
    return fault if fault.code() is not None else None


def _ad_hoc_code(account: Account) -> int | None:
    """Pack an ad-hoc handle into a number, from which a bare id leads back to it after any restart."""
    match = _AD_HOC.fullmatch(account.handle)
    if match is None:
        return None
    words = match[2].split(".")[1:]
    chosen = 0
    for choices in _CHOICES:
        chosen = chosen * (len(choices) + 1) + next((place for place, o in enumerate(choices, 1) if o in words), 0)
    fault = account.fault.code() if account.fault else 0
    return ((fault or 0) * (MOST_FOLLOWERS + 1) + int(match[1])) * _COMBINATIONS + chosen


def _ad_hoc_handle(code: int) -> str | None:
    """Return the handle behind an ad-hoc account's code, or None where no handle can have it."""
    rest, chosen = divmod(code, _COMBINATIONS)
    fault_code, followers = divmod(rest, MOST_FOLLOWERS + 1)
    options: list[str] = []
    for choices in reversed(_CHOICES):
        chosen, place = divmod(chosen, len(choices) + 1)
        options += choices[place - 1 : place] if place else ()
    if fault_code >= MOST_CODES:
        return None
    try:
        return _spelled(followers, options, fault_of_code(fault_code) if fault_code else None)
    except ValueError:
        return None


def _spelled(followers: int, options: Collection[str], fault: Fault | None) -> str:
    """Return the one handle of an ad-hoc account, however its options were ordered."""
    words = [option for option in _OPTIONS if option in options]
    if fault is not None:
        words.append(fault.name if fault.name in STATES else _FAULT + fault.name)
    return ".".join(["fake", str(followers), *words])
