"""The receipt of a removal: what was removed where, what still holds it until when, and what a second search found.

It has no personal data and nothing that tells who it was, so it can be kept as evidence. Whoever keeps it notes its
number beside the request. How it reads to people belongs in `receipt_text`.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.remains import Remainder

VERSION = 2
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Gives the seal of a text: what only the holder of the suppression list's key can compute.
Seal = Callable[[bytes], str]


class ReceiptError(ValueError):
    """A file is not a receipt of `forget`, or it was edited."""


#: What a receipt is about.
A_USER, AN_ACCOUNT = "a user", "an account"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed in one place: in how many objects, tables or files, and how many rows or texts.

    `looked_at` is how many objects of the bucket were read for it.
    """

    place: str
    sources: int
    copies: int
    unread: int = 0
    looked_at: int = 0

    @staticmethod
    def of(cleaned: Cleaned) -> "Removed":
        """What the receipt says of a place; the names of objects that cannot be read may be personal data."""
        return Removed(cleaned.place, cleaned.sources, cleaned.copies, len(cleaned.unread), cleaned.looked_at)


@dataclass(frozen=True, slots=True)
class Search:
    """A search of all places for everyone on the suppression list: when it ended (ISO 8601, UTC), and what it found.

    `strangers` is how many objects in the bucket are under no prefix of this system, and were not read.
    """

    at: str
    places: tuple[Removed, ...]
    strangers: int = 0

    @property
    def found(self) -> int:
        """How much was found."""
        return sum(place.copies for place in self.places)

    @property
    def unread(self) -> int:
        """How many objects could not be searched."""
        return sum(place.unread for place in self.places)


@dataclass(frozen=True, slots=True)
class Whom:
    """What a receipt is about, without saying who: a user or an account.

    `people` is how many users were named, 0 for whoever has come back; `hashes`, how many keyed hashes the suppression
    list has for them.
    """

    what: str
    people: int = 0
    hashes: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One removal. Times are ISO 8601 in UTC.

    `system` names bucket and database. `found` is what a search found before anything was erased, also if the removal
    was cut off since; `cleaned`, what was done where nothing can be searched for a row; `search`, what a search found
    at the end.
    """

    number: str
    whom: Whom
    system: str
    software: str
    begun_at: str
    ended_at: str
    found: tuple[Removed, ...]
    cleaned: tuple[Removed, ...]
    search: Search
    remains: tuple[Remainder, ...] = ()
    not_searched: tuple[str, ...] = ()
    version: int = field(default=VERSION)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be searched and cleaned, and nothing was found any more."""
        return not self.search.found and not self.search.unread and not any(one.unread for one in self.cleaned)

    @property
    def last_date(self) -> str:
        """The last day on which something that is known still holds what was removed; '' without one."""
        return max((date[0] for one in self.remains if (date := _DATE.match(one.until))), default="")

    def to_json(self, text: str, seal: Seal) -> str:
        """The receipt for programs, with the hash of its text for people, and a seal over all of it."""
        document = {**asdict(self), "is_complete": self.is_complete, "text_sha256": _sha256(text.encode())}
        return json.dumps({**document, "seal": seal(_sealed(document))}, indent=1) + "\n"


def write_receipt(receipt: Receipt, text: str, folder: Path, seal: Seal) -> tuple[Path, Path]:
    """Write both forms into a folder, and give their paths. Raises OSError, and what `seal` raises."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / f"receipt_{receipt.number}.txt", folder / f"receipt_{receipt.number}.json")
    for path, body in zip(paths, (text, receipt.to_json(text, seal)), strict=True):
        path.write_text(body, encoding="utf-8")
    return paths


def read_receipt(path: Path, seal: Seal) -> str:
    """The number of the receipt in a file, which must be as it was written, and so must its text beside it.

    Raises ReceiptError, OSError, and what `seal` raises.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        number, version, software = str(document["number"]), document["version"], document["software"]
        is_whole = document.pop("seal") == seal(_sealed(document)) if version == VERSION else True
        text_sha256 = str(document.get("text_sha256"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{path} is not a receipt of tiktok-insights forget. Name the .json file that forget wrote."
        raise ReceiptError(msg) from error
    if version != VERSION:
        msg = (
            f"{path} is of version {version}, and this package reads version {VERSION}. Use {software}, which wrote it."
        )
        raise ReceiptError(msg)
    text = path.with_suffix(".txt")
    if not is_whole or (text.exists() and _sha256(text.read_bytes()) != text_sha256):
        changed = text if is_whole else path
        msg = (
            f"{changed} is not as it was written: it was edited, or it is the receipt of another bucket, or the key of "
            "the suppression list was replaced. Name an unchanged copy, in the deployment that wrote it."
        )
        raise ReceiptError(msg)
    return number


def _sealed(document: dict[str, object]) -> bytes:
    """What is sealed: everything in the receipt but the seal."""
    return json.dumps(document, sort_keys=True).encode()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
