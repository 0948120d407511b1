"""How results look in the UI: foreign text as it is, people's data not at all, nothing empty."""

import html

import pytest
from markdown_it import MarkdownIt

from tiktok_insights.defs.presentation import bullets, first_rows, markdown, statistics, table_if_any
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.defs.test_frames import BY_NAME, GOOD, good, names

#: With the extensions that Dagster's UI has.
_RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FOREIGN = (
    "csv/followers/account=4400/dt=2026-01-31/tiktok_user_data-1.csv: move it to account=<account id>/",
    "<script>alert(1)</script> <b>bold</b> &lt; &amp;",
    "a | b | c",
    "`code` and ``more``",
    "[x](https://example.com) ![x](y) <https://example.com>",
    "_under_ *star* __two__ ~~gone~~ snake_case_name",
    "# no heading",
    "- no item",
    "1. no item",
    "2) no item",
    "> no quote",
    "=====",
    "back\\slash \\* \\",
    "日本語 😀 nick_name",
)


def shown(text: str) -> list[str]:
    """The items of a Markdown list as a browser shows them. Fails for anything but text in them."""
    rendered = _RENDERER.render(text).strip().removeprefix("<ul>\n<li>").removesuffix("</li>\n</ul>")
    items = rendered.split("</li>\n<li>")
    assert not any("<" in item for item in items), rendered
    return [html.unescape(item) for item in items]


@pytest.mark.parametrize("text", FOREIGN)
def test_markdown_shows_foreign_text_as_it_is(text: str) -> None:
    """Held against another reader of Markdown."""
    assert shown(bullets([text])) == [text]


def test_each_text_is_an_item_of_its_own() -> None:
    """Line breaks and control characters do not begin another one; a long list is cut, and says so."""
    assert shown(bullets(["one\n- two\n\n# three", "four\x1b[2J\r"])) == ["one - two # three", "four\\x1b[2J"]
    assert shown(bullets([str(number) for number in range(25)]))[19:] == ["19", "… and 5 more"]
    assert len(shown(bullets(["<" * 5000]))[0]) == 600


def test_keys_stay_readable_where_markdown_is_not_rendered() -> None:
    """Nothing is escaped that means nothing."""
    key = "csv/followers/account=4400/dt=2026-01-31/tiktok_user_data-20260131T120000000Z.csv"
    assert markdown(key) == key


def test_a_table_without_rows_is_left_out() -> None:
    """After a run with nothing to do."""
    assert table_if_any("files", ["file"], []) == {}
    assert table_if_any("files", ["file"], [["a"]])["files"].records[0].data == {"file": "a"}


@pytest.mark.parametrize("mart", all_marts(), ids=lambda mart: mart.name)
def test_first_rows_do_not_show_who_somebody_is(mart) -> None:  # type: ignore[no-untyped-def]
    """IDs, handles and names of users are left out; the rows have numbers then."""
    columns = first_rows(mart, GOOD[mart.name])["first_rows"].schema.columns
    personal = {"TIKTOK_ID", "USER_NAME", "NICK_NAME"}
    kept = [name for name in names(mart) if name not in personal]
    assert [column.name for column in columns] == [*["row"] * (len(kept) < len(names(mart))), *kept]


def test_statistics_are_of_what_measures_something() -> None:
    """Not of thresholds, and not of a single row; figures have separators, and no more digits than help."""
    (users, followers) = statistics(BY_NAME["audience_tiers"], good("audience_tiers"))["statistics"].records
    assert (users.data["column"], followers.data["column"]) == ("USERS", "FOLLOWERS")
    assert followers.data == {"column": "FOLLOWERS", "min": "5", "median": "5", "mean": "5", "max": "5", "sum": "35"}
    assert statistics(BY_NAME["user_totals"], good("user_totals")) == {}
    frame = good("audience_tiers").assign(FOLLOWERS=[94_248_290, 94_248_291, 1, 2, 3, 4, 5])
    (_, followers) = statistics(BY_NAME["audience_tiers"], frame)["statistics"].records
    assert (followers.data["mean"], followers.data["median"]) == ("26,928,085", "4")
