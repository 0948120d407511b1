"""Rows cut out of pages by their bytes: everything else stays, whatever the page looks like."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok.models import FORGOTTEN
from tiktok_insights.tiktok.page_rows import MARKER, RowNames, names_in, without_mention, without_rows
from tiktok_insights.tiktok.pagination import Walk
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, parse_page, web_page, web_row

IDS = ["7423456789012345149", "7423456789012345150", "742345678901234514", "3"]
#: How a server may write the same document.
WRITINGS: list[Callable[[object], str]] = [
    json.dumps,
    lambda document: json.dumps(document, indent=2, ensure_ascii=False),
    lambda document: "\r\n\t " + json.dumps(document, separators=(",", ":")) + "\n",
    lambda document: json.dumps(document, separators=(" , ", " : ")),
]


def is_the_first(names: RowNames) -> bool:
    """Whether a row is of the first of the people."""
    return names.tiktok_id == IDS[0]


@pytest.mark.parametrize("write", WRITINGS)
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(("page", "row"), [(web_page, web_row), (app_page, app_row)])
def test_only_the_bytes_of_the_row_change(
    page: Callable[..., object], row: Callable[..., object], write: Callable[[object], str], *, wrapped: bool
) -> None:
    """In both dialects, wrapped or not: a prefix's and a neighbor's bytes stay, and so does a row without an ID."""
    nickname = f'"{IDS[0]}" }}], \\ {{ \U0001f9c1 \u202e userList'
    rows = [row(tiktok_id, nickname=nickname) for tiktok_id in IDS]
    kept = [*rows[1:], {"user": {}}, 7, None, []]
    document = page(*rows[1:3], rows[0], *kept[2:])
    body = write({"data": document, "x": [1.50, "userList"]} if wrapped else document).encode()
    expected = body.replace(write(rows[0]).strip().encode(), MARKER.encode()) if write is not WRITINGS[1] else None
    found, count = without_rows(body, is_the_first)
    assert count == 1
    if expected is not None:
        assert found == expected
    before, after = json.loads(body), json.loads(found)
    inner_before, inner_after = (before["data"], after["data"]) if wrapped else (before, after)
    (key,) = [key for key in ("userList", "followers") if key in inner_before]
    assert inner_after[key] == [*inner_before[key][:2], {"forgotten": True}, *inner_before[key][3:]]
    inner_after[key] = inner_before[key]
    assert before == after
    assert without_rows(found, is_the_first) == (found, 0)


def test_a_page_without_the_person_is_the_same_object() -> None:
    """Nothing is written again when nothing was cut."""
    body = encoded(web_page(web_row(IDS[1])))
    assert without_rows(body, is_the_first)[0] is body


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_evidence_that_is_no_json_is_given_up_whole_when_it_names_the_person(cut: int) -> None:
    """An answer that was cut off has no rows to tell apart; one that names others only stays."""
    for tiktok_id, expected in ((IDS[0], MARKER.encode()), (IDS[1], None)):
        body = encoded(web_page(web_row(tiktok_id), web_row("5")))[:-cut]
        assert without_rows(body, is_the_first) == ((expected, 1) if expected else (body, 0))
        assert tiktok_id in {names.tiktok_id for names in names_in(body)}


@pytest.mark.parametrize(
    ("body", "is_hers"),
    [
        (rb'{"h": "\u0061nn\u002elee"', True),
        (rb'{"h": "\ud83e\uddc1", "x": "\u00', False),
        (b'<a href="https://tiktok.example/@Ann.Lee?x">', True),
        (b'<a href="mailto:x@ann.lee">@ann.lee.shop', False),
    ],
)
def test_evidence_may_write_a_handle_in_any_way(body: bytes, is_hers: bool) -> None:  # a case
    """With the escapes of JSON, or in an address; not a longer handle, or a mail address."""
    found = without_mention(body, lambda names: names.handle.lower() == "ann.lee")
    assert found == ((MARKER.encode(), 1) if is_hers else (body, 0))


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    """Another row's damage is not repaired on the way."""
    body = encoded(web_page(web_row(IDS[0]), web_row(IDS[1], nickname="caf")))
    broken = body.replace(b'"caf"', b'"caf\xe9\xff"')
    found, count = without_rows(broken, is_the_first)
    assert count == 1
    assert b'"caf\xe9\xff"' in found
    assert IDS[0].encode() not in found


@given(st.lists(st.sampled_from([*IDS, "0", 7.5, None]), max_size=12))
def test_a_marked_page_has_as_many_rows_and_each_other_follower_in_its_place(ids: list[object]) -> None:
    """Read again, the person's places are FORGOTTEN, and followers, dummies and rejected rows are as before."""
    body = encoded(web_page(*(web_row(tiktok_id) for tiktok_id in ids), total=12))
    found, count = without_rows(body, is_the_first)
    before, after = parse_page(body), parse_page(found)
    assert count == ids.count(IDS[0])
    assert after.followers == tuple(FORGOTTEN if one.tiktok_id == IDS[0] else one for one in before.followers)
    assert (after.dummies, after.rejected) == (before.dummies, before.rejected)


def test_a_walk_counts_a_removed_user_once() -> None:
    """Also one at the boundary of two pages, which the API repeats."""
    pages = [[IDS[1], IDS[0]], [IDS[0], IDS[2]], [IDS[3]]]
    walks = []
    for is_cut in (False, True):
        walk = Walk(4)
        for number, ids in enumerate(pages):
            more = number < len(pages) - 1
            body = encoded(web_page(*map(web_row, ids), more=more, cursor=1_000 - number if more else 0, total=4))
            page = parse_page(without_rows(body, is_the_first)[0] if is_cut else body)
            walk.take(page, datetime(2026, 11, 26, tzinfo=UTC))
        walks.append((walk.users_seen, walk.rows, walk.stop, walk.coverage, walk.is_whole))
    assert walks[0] == walks[1]
    assert walks[0][0] == 4
