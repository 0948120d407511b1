"""The receipt of a removal: what was removed where, what still holds it until when, and what a second search found.

It has no personal data and nothing that tells who it was, so it can be kept as evidence. Whoever keeps it notes its
number beside the request.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.remains import Remainder

VERSION = 1


class ReceiptError(ValueError):
    """A file is not a receipt of `forget`."""


#: What a receipt is about.
A_USER, AN_ACCOUNT = "a user", "an account"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed in one place: in how many objects, tables or files, and how many rows or texts."""

    place: str
    sources: int
    copies: int
    unread: int = 0

    @staticmethod
    def of(cleaned: Cleaned) -> "Removed":
        """What the receipt says of a place; the names of objects that cannot be read may be personal data."""
        return Removed(cleaned.place, cleaned.sources, cleaned.copies, len(cleaned.unread))


@dataclass(frozen=True, slots=True)
class Search:
    """A search of all places for everyone on the suppression list: when it ended (ISO 8601, UTC), and what it found."""

    at: str
    places: tuple[Removed, ...]

    @property
    def found(self) -> int:
        """How much was found."""
        return sum(place.copies for place in self.places)

    @property
    def unread(self) -> int:
        """How many objects could not be searched."""
        return sum(place.unread for place in self.places)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One removal. Times are ISO 8601 in UTC.

    `what` is a user or an account; `hashes` is the number of keyed hashes that the suppression list has for it. `found`
    is what a search found before anything was erased, also if the removal was cut off since; `cleaned`, what was done
    where nothing can be searched for a row; `search`, what a search found at the end.
    """

    number: str
    what: str
    software: str
    begun_at: str
    ended_at: str
    hashes: int
    found: tuple[Removed, ...]
    cleaned: tuple[Removed, ...]
    search: Search
    remains: tuple[Remainder, ...] = ()
    not_searched: tuple[str, ...] = ()
    version: int = field(default=VERSION)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be searched, and nothing was found any more."""
        return not self.search.found and not self.search.unread

    def to_json(self) -> str:
        """The receipt for programs."""
        return json.dumps({**asdict(self), "is_complete": self.is_complete}, indent=1) + "\n"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both forms into a folder, and give their paths. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / f"receipt_{self.number}.txt", folder / f"receipt_{self.number}.json")
        for path, text in zip(paths, (self.to_text(), self.to_json()), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    @staticmethod
    def from_json(path: Path) -> "Receipt":
        """Read a receipt. Raises ReceiptError, and OSError."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            document.pop("is_complete")
            search = document.pop("search")
            return Receipt(
                **{name: document.pop(name) for name in ("number", "what", "software", "begun_at", "ended_at")},
                hashes=int(document.pop("hashes")),
                found=_places(document.pop("found")),
                cleaned=_places(document.pop("cleaned")),
                search=Search(search["at"], _places(search["places"])),
                remains=tuple(Remainder(**{**one, "sooner": tuple(one["sooner"])}) for one in document.pop("remains")),
                not_searched=tuple(document.pop("not_searched")),
                **document,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            msg = f"{path} is not a receipt of tiktok-insights forget. Name the .json file that forget wrote."
            raise ReceiptError(msg) from error

    def to_text(self) -> str:
        """The receipt for people, in the order of the questions that they ask."""
        return "\n\n".join(_paragraphs(self)) + "\n"


def _places(entries: Sequence[dict[str, object]]) -> tuple[Removed, ...]:
    return tuple(Removed(**entry) for entry in entries)  # type: ignore[arg-type]


def _paragraphs(receipt: Receipt) -> Iterator[str]:
    yield f"RECEIPT {receipt.number}: {receipt.what} was removed from tiktok_insights"
    yield (
        f"Begun at {receipt.begun_at}, ended at {receipt.ended_at}, by {receipt.software}. This receipt does not say "
        "who was removed. Keep its number with the request."
    )
    yield "\n".join(["WHAT WAS FOUND, AND REMOVED", *_found(receipt.found)])
    yield "\n".join(["WHAT ELSE WAS CLEANED", *_cleaned(receipt.cleaned)])
    yield "\n".join(["IS IT REALLY GONE?", *_search(receipt.search)])
    yield "\n".join(["WHAT STILL HOLDS IT, AND UNTIL WHEN", *_remains(receipt.remains)])
    yield "\n".join(["WHAT COULD NOT BE SEARCHED", *(f"- {words}" for words in receipt.not_searched)])
    yield "\n".join(["WHAT IS KEPT ON PURPOSE", *_kept(receipt)])
    yield "\n".join(["CAN THE DATA COME BACK?", _suppression(receipt)])


def _found(places: Sequence[Removed]) -> Iterator[str]:
    yield from (f"- {one.place}: {_number(one.copies, 'row')}{_within(one)}." for one in places if one.copies)
    if nothing := [one.place for one in places if not one.copies]:
        yield f"Nothing was found in: {', '.join(nothing)}."


def _within(place: Removed) -> str:
    # A table is one source.
    return f" in {_number(place.sources, 'object')}" if place.sources > 1 else ""


def _cleaned(places: Sequence[Removed]) -> Iterator[str]:
    for one in places:
        if one.sources or one.copies:
            texts = f", and {_number(one.copies, 'text')} removed" if one.copies else ""
            yield f"- {one.place}: {_number(one.sources, 'file')} written again or deleted{texts}."
    yield "Everything else on this machine was looked through, and had nothing to remove."


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _search(search: Search) -> Iterator[str]:
    yield (
        f"At {search.at}, every place was searched again for everyone who was ever removed. "
        f"Places: {len(search.places)}. Found: {search.found:,}. Could not be read: {search.unread:,}."
    )
    yield from (f"- STILL FOUND in {place.place}: {place.copies:,}." for place in search.places if place.copies)
    yield from (f"- NOT READABLE in {place.place}: {place.unread:,}." for place in search.places if place.unread)
    yield "To search again: tiktok-insights forget --verify with the .json file of this receipt."


def _remains(remains: Sequence[Remainder]) -> Iterator[str]:
    if not remains:
        yield "- Nothing that this system knows of."
    for one in remains:
        yield f"- {one.what} Until {one.until}."
        if one.sooner:
            yield "  To end it sooner:"
            yield from (f"    {command}" for command in one.sooner)
        else:
            yield "  Nothing ends it sooner."


def _kept(receipt: Receipt) -> Iterator[str]:
    if receipt.what == AN_ACCOUNT:
        yield "- Users whom other accounts list, too. A user is removed by another receipt."
        return
    yield "- Numbers that count many users: the followers that TikTok reported for an account, and totals of a day."
    yield "- In stored responses, an empty marker in the place of a removed row, so that others keep their places."
    yield "- Keyed hashes of names, which keep the user out: see below."
    yield "Why this stays: docs/explanation/what_remains.md."


def _suppression(receipt: Receipt) -> str:
    if receipt.what == AN_ACCOUNT:
        return "Yes: an account comes back when it is extracted again. It is not on the suppression list."
    added = f"{receipt.hashes} with this receipt" if receipt.hashes else "by earlier receipts"
    return (
        f"No: keyed hashes of the ID, handles and secUids are on the suppression list ({added}). Rows of such a user "
        "are left out of what is fetched and loaded. The hashes cannot be turned back into names; with the key, which "
        "is kept outside the bucket, one can only test whether a given name is on the list."
    )
