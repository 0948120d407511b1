"""Files with rows of a person who was removed, and what must be left of them, told without the code under test."""

from tiktok_insights.suppression.hashes import Kind, SuppressionList
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14

ANN = "7423456789012345149"
LIST = SuppressionList(b"k" * 32).with_names(
    [(Kind.ID, ANN), (Kind.ID, "12"), (Kind.HANDLE, "ann.lee"), (Kind.SEC_UID, "MS4wLjABAAAAann")]
)
#: Each line of the person has this on it, and no other line has.
_SIGN = "the person"


def _ann(tiktok_id: str = ANN, **texts: str) -> str:
    return row(tiktok_id, **{"nickname": _SIGN, **texts})


UNLOADABLE = "an open quote"
_OTHERS = [row("7423456789012345150"), row("742345678901234514"), row("123"), row("1"), row("120", uniqueId="ann.lee")]
#: Lines that are no rows are as they are; an old handle without an ID is the person's.
FILES: dict[str, bytes] = {
    "one of many": csv_file(*_OTHERS[:2], _ann(), *_OTHERS[2:]),
    "first and last": csv_file(_ann(), *_OTHERS, _ann("12")),
    "twice": csv_file(_ann(), *_OTHERS, _ann(uniqueId="new.handle")),
    "quoted": csv_file(*_OTHERS, _ann(f'"{ANN}"', nickname=f'"{_SIGN}, ""the"""')),
    "line feeds": csv_file(*_OTHERS, _ann(), row("8"), end="\n"),
    "of 14 columns": csv_file(row_of_14("5"), row_of_14(ANN, nickname=_SIGN), row_of_14("6"), header=HEADER_14),
    "nobody else": csv_file(_ann()),
    "no end": csv_file(*_OTHERS, _ann()).removesuffix(b"\r\n"),
    "bad rows around": csv_file(row("x"), _ann(), "too,few", _ann("not an ID", uniqueId="Ann.Lee"), row("y"), *_OTHERS),
    "a shifted row": csv_file(*_OTHERS, f"{_SIGN},{ANN},x", row("z")),
    "emoji": csv_file(row("9", nickname="\U0001f9c1"), _ann(nickname=f"\U0001f9c1 {_SIGN}"), row("10")),
    UNLOADABLE: csv_file(*_OTHERS, _ann(), row("11", nickname='"open')),
    "nothing of hers": csv_file(*_OTHERS),
}


def victims(body: bytes) -> int:
    """How many lines are of the person."""
    return body.count(_SIGN.encode()) if body != FILES[UNLOADABLE] else 0


def bare(body: bytes) -> bytes:
    """The file with an empty line in the place of each of the person's; one that is not loadable stays as it is."""
    if body == FILES[UNLOADABLE]:
        return body
    lines = body.splitlines(keepends=True)
    return b"".join(line[len(line.rstrip(b"\r\n")) :] if _SIGN.encode() in line else line for line in lines)
