"""Ids and secure ids: unique by construction, of the measured lengths.

Here: the numbers that name people and accounts. Not here: handles and nicknames (`naming`). Source:
captured responses (19 digits in 98 %, 6 to 18 in old accounts, 99.8 % above 2**53; `id >> 32` is about
the creation time) and the captured form of secUid (76 characters, one prefix).
"""

import base64
import hashlib

from tiktok_insights.local.fake_api.seeding import golden_step, key_of, mix, scramble_32

UNIVERSE = 2**32
"""How many people there can be: the low half of an id is a permutation of the person's index."""

_ACCOUNT_EPOCH = 1_451_606_400  # 2016-01-01: accounts are older than people, so their ids never meet
_ACCOUNT_BITS = 57
_ACCOUNT_CODES = 1 << _ACCOUNT_BITS
_ACCOUNT_STEP = 0x16A09E667F3BCC9  # odd, so multiplication modulo a power of two can be undone
_ACCOUNT_STEP_BACK = pow(_ACCOUNT_STEP, -1, _ACCOUNT_CODES)
_PEOPLE_FROM = 1_496_275_200  # 2017-06-01
_PEOPLE_UNTIL = 1_672_531_200  # 2023-01-01: before the oldest follow of the largest account
_ONE_OLD_IN = 50
_ONE_SHORT_IN = 10
_SEC_UID_PREFIX = "MS4wLjABAAAA"
_ID_BYTES = 8
_SEC_UID_DIGEST_BYTES = 40


def created_at(key: int, index: int) -> int:
    """Return a person's creation time in unix seconds; earlier than every follow time."""
    return _PEOPLE_FROM + mix(key, index) % (_PEOPLE_UNTIL - _PEOPLE_FROM)


def person_id(key: int, index: int) -> int:
    """Return the id of the person `index` (0 .. UNIVERSE-1); no two people share one.

    New ids differ in their low 32 bits; old ids are numbered through, each digit length by itself.
    """
    ordinal = scramble_32(key, index)
    old, rest = divmod(ordinal, _ONE_OLD_IN)
    return created_at(key, index) << 32 | ordinal if rest else _old_id(old)


def _old_id(old: int) -> int:
    """Return the id of the old account number `old`: one in ten is below 2**53, down to 6 digits."""
    serial, rest = divmod(old, _ONE_SHORT_IN)
    if rest == 0:
        digits, serial = 6 + serial % 10, serial // 10
        low, high = _power(digits - 1), _power(digits)
    else:
        digits, serial = 16 + rest % 3, old
        low, high = max(2**53 + 1, _power(digits - 1)), _power(digits)
    return low + serial * golden_step(high - low) % (high - low)


def _power(digits: int) -> int:
    """Return the smallest number above all of `digits` digits."""
    return int(10**digits)


def account_id(code: int) -> int:
    """Return the 19-digit id for an account's code (below 2**57); `account_code` undoes it."""
    return (_ACCOUNT_EPOCH << 32) + code * _ACCOUNT_STEP % _ACCOUNT_CODES


def account_code(identifier: int) -> int | None:
    """Return the code behind an account's id, or None for a number that no account can have."""
    offset = identifier - (_ACCOUNT_EPOCH << 32)
    if not 0 <= offset < _ACCOUNT_CODES:
        return None
    return offset * _ACCOUNT_STEP_BACK % _ACCOUNT_CODES


def code_of_name(handle: str) -> int:
    """Return the code of a configured account: its highest bit is set, an ad-hoc account's never is."""
    return 1 << (_ACCOUNT_BITS - 1) | key_of("account", handle) >> (64 - _ACCOUNT_BITS + 1)


def sec_uid_of(identifier: int) -> str:
    """Return the secure id, 76 characters, of an id; it carries the id so that it can be looked up."""
    plain = identifier.to_bytes(_ID_BYTES, "big")
    digest = hashlib.blake2b(plain, digest_size=_SEC_UID_DIGEST_BYTES).digest()
    masked = bytes(one ^ other for one, other in zip(plain, digest, strict=False))
    return _SEC_UID_PREFIX + base64.urlsafe_b64encode(digest + masked).decode()


def id_of_sec_uid(sec_uid: str) -> int | None:
    """Return the id inside a secure id, or None for a text that is not one of ours."""
    if not sec_uid.isascii() or not sec_uid.startswith(_SEC_UID_PREFIX):
        return None
    try:
        body = base64.urlsafe_b64decode(sec_uid.removeprefix(_SEC_UID_PREFIX))
    except ValueError:
        return None
    digest, masked = body[:_SEC_UID_DIGEST_BYTES], body[_SEC_UID_DIGEST_BYTES:]
    identifier = int.from_bytes(bytes(one ^ other for one, other in zip(masked, digest, strict=False)), "big")
    if identifier >= 2**64 or sec_uid_of(identifier) != sec_uid:
        return None
    return identifier
