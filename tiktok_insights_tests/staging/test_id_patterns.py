"""IDs that were numbers on their way: what an object of them looks like, and what genuine IDs must not look like."""

import random
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tiktok_insights.checks import pseudonym
from tiktok_insights.staging.csv_file import RowOrigin
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.transforming import transform

_WRITTEN = datetime(2026, 2, 1, tzinfo=UTC)
_ORIGIN = RowOrigin("batch", "a.csv", "42", "snapshot", _WRITTEN, _WRITTEN)
_RANDOM = random.Random(10)  # noqa: S311  # no secret
#: As the API has them: nearly all of 19 digits, and a few of old accounts.
GENUINE = [_RANDOM.randrange(6 * 10**18, 8 * 10**18) for _ in range(300)]
OLD = [_RANDOM.randrange(2**53, 10**18) for _ in range(6)] + [107955, 5831967]

#: As public lists of users have them: four from musical.ly, and two of TikTok's first accounts. A double holds each.
MUSICALLY = [213500426917347328, 291365655927304192, 58201502112051200, 64147482871414784]
EARLY = [6534345858895336448, 6526453173618480128]


def in_a_spreadsheet(tiktok_id: int) -> int:
    """Excel keeps 15 digits."""
    text = str(tiktok_id)
    return int(text[:15] + "0" * len(text[15:]))


def as_a_double(tiktok_id: int) -> int:
    """Python, Java or pandas print every digit of the double."""
    return int(float(tiktok_id))


def in_javascript(tiktok_id: int) -> int:
    """JavaScript prints the fewest digits that name the double, and zeros."""
    mantissa, _, exponent = repr(float(tiktok_id)).partition("e+")
    digits = mantissa.replace(".", "")
    return int(digits.ljust(int(exponent) + 1, "0")) if exponent else int(float(mantissa))


def findings(rows: Iterable[tuple[int | str, str]]) -> IdFindings:
    """What a file with these IDs and handles looks like."""
    return of_lines(row(str(tiktok_id), uniqueId=handle) for tiktok_id, handle in rows)


def of_lines(lines: Iterable[str]) -> IdFindings:
    """What a file with these lines looks like."""
    with tempfile.TemporaryDirectory() as folder:
        return transform(Path(folder), csv_file(*lines), _ORIGIN).ids


def named(ids: Iterable[int]) -> list[tuple[int, str]]:
    """Each ID with a handle of its own."""
    return [(tiktok_id, f"user{number}") for number, tiktok_id in enumerate(ids)]


@pytest.mark.parametrize(
    ("bend", "looks"),
    [
        (in_a_spreadsheet, "all IDs above 2^53 end in 0000, such as "),
        (as_a_double, "all IDs above 2^53 are multiples of a power of two, such as "),
        (in_javascript, "all IDs above 2^53 have only as many digits as a floating-point number, such as "),
    ],
)
@pytest.mark.parametrize("ids", [GENUINE[:3], GENUINE, GENUINE + OLD], ids=["three", "many", "with old accounts"])
def test_bent_ids_are_seen_however_many_and_by_whichever_program(bend: object, looks: str, ids: list[int]) -> None:
    """Also among IDs of old accounts, of which fewer digits were lost, or none."""
    assert callable(bend)
    assert findings(named(map(bend, ids))).rounded.startswith(looks)


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param(GENUINE, id="genuine"),
        pytest.param([*map(in_a_spreadsheet, GENUINE), GENUINE[0]], id="one that is whole among bent ones"),
        pytest.param([7123456789012340000], id="one that ends in 0000"),
        pytest.param([7123456789012340000, 7123456789012345001], id="one of two ends in 0000"),
        pytest.param([1024 * 7 * 10**15, 1024 * (7 * 10**15 + 1)], id="two multiples"),
        pytest.param([10_000, 20_000, 2**53], id="IDs that a double keeps"),
        pytest.param([2**53 + 10, 2**53 + 28], id="two of 16 digits that end in 0"),
        pytest.param(MUSICALLY, id="users of musical.ly"),
        pytest.param([*MUSICALLY, *EARLY, 5831967], id="old accounts only"),
        pytest.param([], id="no rows"),
    ],
)
def test_what_genuine_ids_can_look_like_is_not_called_bent(ids: list[int]) -> None:
    """Too few to tell, too small to be bent, or one among them that a bent file could not have."""
    assert findings(named(ids)) == IdFindings()


@pytest.mark.parametrize("exponent", [53, 59, 62, 63, 66])
def test_the_spacing_is_that_of_the_size(exponent: int) -> None:
    """On either side of each power of two: three multiples of the spacing there are bent, half of it is not."""
    spacing = 2 ** (exponent - 52)
    start = 2**exponent
    assert "power of two" in findings(named(start + spacing * n for n in (1, 3, 5))).rounded
    off = [start + spacing, start + 3 * spacing, start + 5 * spacing, start + 6 * spacing + spacing // 2]
    assert "power of two" not in findings(named(off)).rounded


def test_the_issues_example_is_refused_with_ids_and_cause() -> None:
    """Anna and Bert were two users; three rows, two different IDs."""
    found = findings([(7123456789012340000, "anna"), (7123456789012340000, "bert"), (7223456789012350000, "cleo")])
    assert found == IdFindings(
        "all IDs above 2^53 end in 0000, such as 7123…0000 and 7223…0000: a spreadsheet has rounded them",
        1,
        ("7123…0000",),
    )


def test_a_row_that_is_rejected_for_another_column_counts_too() -> None:
    """Its ID says as much of how the file was made; a text that is no ID says nothing."""
    bent = list(map(in_a_spreadsheet, GENUINE[:2]))
    assert findings([*named(bent), ("x", "d"), ("7.42e+18", "e")]).rounded
    assert not of_lines([*map(row, map(str, bent)), row(str(GENUINE[5]), diggCount="x")]).rounded


def test_a_rename_between_two_pages_only_warns() -> None:
    """The first three are named, of however many; equal handles, and none at all, are no rename."""
    rows = [(tiktok_id, name) for tiktok_id in sorted(GENUINE[:5]) for name in ("b.new", "a.old")]
    rows += [(GENUINE[6], "same"), (GENUINE[6], "same"), (GENUINE[7], ""), (GENUINE[7], "known")]
    found = findings(rows)
    assert (found.rounded, found.renamed) == ("", 5)
    assert found.examples == tuple(pseudonym(str(tiktok_id)) for tiktok_id in sorted(GENUINE[:5])[:3])


def test_renamed_users_of_musical_ly_only_warn() -> None:
    """Their IDs are multiples of a power of two, and so would be those of merged users."""
    found = findings([*((tiktok_id, name) for tiktok_id in MUSICALLY for name in "ab"), *named(GENUINE[:5])])
    assert (found.rounded, found.renamed) == ("", len(MUSICALLY))


def test_merged_users_among_whole_ids_are_seen_by_their_pattern() -> None:
    """A file put together from a bent and a good one: what stands there under several handles is bent."""
    one = in_a_spreadsheet(GENUINE[0])
    others = named(GENUINE[10:20])
    found = findings([(one, "anna"), (one, "bert"), *others])
    assert found.rounded == (
        f"all IDs above 2^53 with several handles end in 0000, such as {pseudonym(str(one))}: "
        "a spreadsheet has rounded them"
    )
    doubles = [as_a_double(tiktok_id) for tiktok_id in GENUINE[:2]]
    found = findings([*((tiktok_id, name) for tiktok_id in doubles for name in "ab"), *others])
    assert "power of two" in found.rounded
    assert not findings([(doubles[0], "a"), (doubles[0], "b"), *others]).rounded
    assert not findings([(one, "anna"), (one, "bert"), (GENUINE[9], "x"), (GENUINE[9], "y")]).rounded
