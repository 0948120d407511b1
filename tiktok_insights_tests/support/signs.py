"""Values of 20 characters that stand nowhere else, and a search that finds them in whatever way they are written.

A sign has two halves, and each begins with the same four letters. So one search finds all signs, and a text that was
cut off still has one half. An ID has digits only, and is found by any 12 of them. Where signs are planted, and where
they may be found, is the tests' business; what is packed is unpacked by `scanner`.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

#: What each half begins with. No word, name or number has it.
_MARK = "zq7x"
_HALF = 10
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
#: So many digits of an ID are unlike all other numbers.
_DIGITS = 12
_HALVES = re.compile(rb"zq7x[a-z2-7]{6}")
_RUNS = re.compile(rb"[0-9]{%d,}" % _DIGITS)
_HEX = re.compile(rb"(?:%s|%s)[0-9a-f]{12}" % (_MARK.encode().hex().encode(), _MARK.upper().encode().hex().encode()))
#: What is left of the mark in base64, when it begins at the first, second or third byte of a group, in three spellings.
_IN_BASE64 = re.compile(
    b"|".join(
        re.escape(base64.b64encode(b"\0" * shift + _MARK.encode())[start : start + 4])
        for shift, start in ((0, 0), (1, 2), (2, 3))
    )
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")


class Signs:
    """Makes values, each with what it is, and finds them again. The same seed makes the same values."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        #: What each half of a sign, and each 12 digits of an ID, are a part of.
        self._parts: dict[bytes, str] = {}
        self._values: dict[str, str] = {}

    def text(self, what: str) -> str:
        """Give the 20 characters that stand for something, such as a field of a person."""
        if what not in self._values:
            letters = "".join(_ALPHABET[byte % 32] for byte in self._bytes(what)[:12])
            self._keep(what, f"{_MARK}{letters[:6]}{_MARK}{letters[6:]}")
        return self._values[what]

    def number(self, what: str, digits: int = 19) -> str:
        """Give an ID of 19 or 20 digits that a signed integer of 64 bits (or an unsigned one) holds."""
        if what not in self._values:
            number = int.from_bytes(self._bytes(what), "big")
            first = {19: "7", 20: "1"}[digits]
            self._keep(what, first + f"{number:040d}"[-(digits - 1) :])
        return self._values[what]

    def own(self, what: str, value: str) -> str:
        """Take a secret as it is, such as a line of a key: it is found by each 20 characters at its beginning."""
        self._parts[value.encode()[:20]] = what
        self._values[what] = value
        return value

    def known(self, ending: str) -> dict[str, str]:
        """Give the values of which the name ends so, each by its name."""
        return {what: value for what, value in self._values.items() if what.endswith(ending)}

    def found_in(self, content: bytes) -> set[str]:
        """Say which values are in some bytes, whole or in a half: as text, UTF-16, hexadecimal digits or base64."""
        found = self._plain(content)
        if b"\0" in content:
            found |= self._plain(content.replace(b"\0", b""))
        for decoded in _decoded(content):
            found |= self._plain(decoded)
        return found

    def _plain(self, content: bytes) -> set[str]:
        lower = content.lower()
        halves = set(_HALVES.findall(lower))
        windows = {
            run[start : start + _DIGITS]
            for run in set(_RUNS.findall(content))
            for start in range(len(run) - _DIGITS + 1)
        }
        found = {self._parts[part] for part in (halves | windows) & self._parts.keys()}
        return found | {what for part, what in self._owned() if part in content}

    def _owned(self) -> Iterator[tuple[bytes, str]]:
        """The secrets that were taken as they are."""
        return ((part, what) for part, what in self._parts.items() if len(part) not in (_HALF, _DIGITS))

    def _keep(self, what: str, value: str) -> None:
        size = _DIGITS if value.isdecimal() else _HALF
        step = 1 if value.isdecimal() else _HALF
        for start in range(0, len(value) - size + 1, step):
            self._parts[value[start : start + size].encode()] = what
        self._values[what] = value

    def _bytes(self, what: str) -> bytes:
        return sha256(f"{self._seed} {what}".encode()).digest()


def _decoded(content: bytes) -> Iterator[bytes]:
    """What hexadecimal digits and base64 stand for, where the mark is in them."""
    for digits in _HEX.findall(content.lower()):
        yield bytes.fromhex(digits.decode())
    for hit in _IN_BASE64.finditer(content):
        around = content[max(0, hit.start() - 60) : hit.end() + 60]
        for run in _BASE64.findall(around.replace(b"-", b"+").replace(b"_", b"/")):
            for start in range(4):
                whole = run[start : start + (len(run) - start) // 4 * 4]
                with suppress(binascii.Error):
                    yield base64.b64decode(whole)
