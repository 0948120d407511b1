"""Followers as CSV rows: what goes in comes out, on one physical line."""

import csv
import io
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.lake.csv_rows import CsvRows, TextRepairs
from tiktok_insights.raw.manifest import PageEntry
from tiktok_insights.tiktok.models import Follower
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, parse_page, web_page, web_row

HEADER = (
    "Tiktok_id,uniqueId,nickname,avatarLarger,avatarMedium,avatarThumb,Account_verified,privateAccount,"
    "followers_Count,following_Count,videoCount,heartCount,friends_Count,diggCount,counts_exact,extracted_at,"
    "followed_after,followed_before,list_position"
)
AT = "2026-01-31T12:00:00.000Z"
PAGE = PageEntry("page", "sha256", 1, AT, 1_769_800_000, 1_769_860_801)
FOLLOWED = ["2026-01-30T19:06:40Z", "2026-01-31T12:00:01Z"]
#: Any text at all, lone surrogates included: JSON can spell them.
TEXTS = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from('\r\n\x00",;=\ufeff\u2028'))


def written(*followers: Follower) -> str:
    """Return the CSV of these followers."""
    file = io.StringIO(newline="")
    CsvRows(file).write(followers, PAGE)
    return file.getvalue()


def follower(**texts: str) -> Follower:
    """Return a follower whose other texts are empty."""
    return Follower(**{field.name: texts.get(field.name, "") for field in fields(Follower)})


def test_the_header_is_the_contracts() -> None:
    """Also when nobody follows."""
    assert written() == HEADER + "\r\n"


def test_a_follower_is_one_row_in_the_order_of_the_header() -> None:
    """Spelled out."""
    page = parse_page(encoded(web_page(web_row(nickname='Anna "A", Shop'))))
    assert written(*page.followers) == (
        f"{HEADER}\r\n"
        '7420366745511658502,made.up,"Anna ""A"", Shop",https://x.example/1080,https://x.example/720,'
        f"https://x.example/100,true,false,5472,9230,9893,211339,0,97944,true,{AT},{','.join(FOLLOWED)},1\r\n"
    )


@pytest.mark.parametrize(
    ("text", "clean", "line_breaks", "nuls", "lone"),
    [
        ("plain", "plain", 0, 0, 0),
        ("a\nb", "a b", 1, 0, 0),
        ("a\r\nb", "a b", 1, 0, 0),
        ("a\rb\n\nc", "a b  c", 3, 0, 0),
        ("a\x00b\x00", "ab", 0, 2, 0),
        ("a\ud83d", "a\ufffd", 0, 0, 1),
        ("\udc00\ud800", "\ufffd\ufffd", 0, 0, 2),
        ("\r\x00\n", " ", 1, 1, 0),
        ("👩\u200d👧\u202eab\t\u2028é", "👩\u200d👧\u202eab\t\u2028é", 0, 0, 0),
        ("\ufeffbom", "\ufeffbom", 0, 0, 0),
        ("=HYPERLINK(1)", "=HYPERLINK(1)", 0, 0, 0),
        ("", "", 0, 0, 0),
    ],
)
def test_only_what_a_csv_cannot_hold_is_replaced_and_counted(
    text: str, clean: str, line_breaks: int, nuls: int, lone: int
) -> None:
    """Everything else stays, character for character."""
    repairs = TextRepairs()
    assert repairs.clean(text) == clean
    assert (repairs.line_breaks, repairs.nuls, repairs.lone_surrogates) == (line_breaks, nuls, lone)


@given(text=TEXTS)
def test_cleaned_text_has_nothing_that_a_csv_cannot_hold(text: str) -> None:
    """And cleaning it again changes nothing."""
    clean = TextRepairs().clean(text)
    assert not set("\r\n\x00") & set(clean)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert TextRepairs().clean(clean) == clean


@given(texts=st.lists(TEXTS, min_size=15, max_size=15))
def test_a_csv_reader_reads_back_what_was_written(texts: list[str]) -> None:
    """For any text in any column, on exactly two physical lines."""
    names = [field.name for field in fields(Follower)]
    content = written(Follower(**dict(zip(names, texts, strict=True))))
    rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert rows == [HEADER.split(","), [*(TextRepairs().clean(text) for text in texts), AT, *FOLLOWED, "1"]]
    assert content.encode().count(b"\n") == 2


@given(number=st.integers(min_value=2**53 - 5, max_value=2**64 - 1), as_text=st.booleans(), in_app=st.booleans())
def test_an_id_is_the_same_text_from_the_body_to_the_csv(number: int, as_text: bool, in_app: bool) -> None:
    """Around 2^53, 2^63 and anywhere between, spelled as a string or as a number, in both dialects."""
    value = str(number) if as_text else number
    body = encoded(app_page(app_row(value))) if in_app else encoded(web_page(web_row(value)))
    assert written(*parse_page(body).followers).splitlines()[1].split(",")[0] == str(number)


@pytest.mark.parametrize("tiktok_id", ["9007199254740993", "9223372036854775807", "9223372036854775808"])
def test_an_id_at_the_edge_of_a_float_or_of_64_bits_is_unbent(tiktok_id: str) -> None:
    """2^53 + 1, 2^63 - 1, 2^63."""
    assert (
        written(*parse_page(encoded(web_page(web_row(int(tiktok_id))))).followers)
        .splitlines()[1]
        .startswith(f"{tiktok_id},")
    )


def test_rows_have_the_window_of_their_page_and_their_place_in_the_list() -> None:
    """Over all pages; the last one has no cursor, and a manifest of version 1 knows no windows."""
    file = io.StringIO(newline="")
    rows = CsvRows(file)
    first, second, third, fourth = (follower(tiktok_id=text) for text in "1234")
    rows.write([first, second], PAGE)
    rows.write([third], replace(PAGE, followed_after=None, followed_before=1_769_800_000))
    rows.write([fourth], replace(PAGE, followed_after=None, followed_before=None))
    places = [row[16:] for row in csv.reader(io.StringIO(file.getvalue(), newline=""))][1:]
    assert places == [[*FOLLOWED, "1"], [*FOLLOWED, "2"], ["", FOLLOWED[0], "3"], ["", "", "4"]]


def test_a_row_that_the_next_page_repeats_keeps_its_window() -> None:
    """That page was requested strictly before the follow; and so on, page by page."""
    file = io.StringIO(newline="")
    rows = CsvRows(file)
    first, second, third = (follower(tiktok_id=text) for text in "123")
    rows.write([first, second], PAGE)
    rows.write([second, third], replace(PAGE, followed_after=1_769_700_000, followed_before=1_769_800_000))
    rows.write([second], replace(PAGE, followed_after=None, followed_before=1_769_700_000))
    windows = [(row[0], *row[16:18]) for row in csv.reader(io.StringIO(file.getvalue(), newline=""))][1:]
    older = ("2026-01-29T15:20:00Z", FOLLOWED[0])
    assert windows == [("1", *FOLLOWED), ("2", *FOLLOWED), ("2", *FOLLOWED), ("3", *older), ("2", *FOLLOWED)]


def test_rows_and_repairs_are_counted_over_all_pages() -> None:
    """For the run's metadata."""
    file = io.StringIO(newline="")
    rows = CsvRows(file)
    rows.write([follower(nickname="a\nb"), follower(unique_id="\x00")], PAGE)
    rows.write([follower(nickname="\ud800\n")], PAGE)
    assert (rows.rows, rows.repairs) == (3, TextRepairs(line_breaks=2, nuls=1, lone_surrogates=1))
