"""The whole file, without a browser: its policy, its size, its states in words, its colors."""

import base64
import hashlib
import json
import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tiktok_insights.dashboard.facts.account import MAX_ACCOUNTS, Account, Facts
from tiktok_insights.dashboard.view.assets import STYLES, style
from tiktok_insights.dashboard.view.render import render
from tiktok_insights.dashboard.view.words import growth, today
from tiktok_insights.dashboard.view.words.accounts import explanation, headline
from tiktok_insights_tests.dashboard import support_facts as made
from tiktok_insights_tests.dashboard.test_view_html import read

MOST_BYTES = 1_200_000
#: What the file shows for text and what for the ground below it, by the tokens of `tokens.css`.
PAIRS = [
    *((text, ground) for text in ("ink", "ink2", "ink3", "accent") for ground in ("bg", "surface", "sunk")),
    ("accent", "soft"), ("warn", "warnsoft"), ("warn", "bg"), ("ink", "soft"), ("ink2", "soft"),
    *(("ink", step) for step in ("h1", "h2", "h3", "h4")),
]  # fmt: skip


def plain(html: str) -> str:
    """The text of a piece of HTML."""
    return read(html).text


def test_the_same_facts_give_the_same_bytes() -> None:
    """No clock, no chance, no names that depend on anything else."""
    assert render(made.facts()) == render(made.facts())


def test_the_policy_allows_our_scripts_and_style_alone() -> None:
    """The hashes are those of what the file has, and nothing else could run, style or load."""
    text = render(made.facts())
    policy = read(text).elements
    content = next(at["content"] for _, at in policy if at.get("http-equiv") == "Content-Security-Policy") or ""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
        for kind in ("script", "style")
        for body in re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
    ]
    assert len(hashes) == 3
    assert re.findall("'sha256-[^']+'", content) == hashes
    assert content.startswith("default-src 'none'; ")
    assert "unsafe" not in content


@pytest.mark.parametrize("facts", [made.facts(), made.no_facts()], ids=["accounts", "none"])
def test_nothing_is_loaded_and_no_attribute_runs_or_styles(facts: Facts) -> None:
    """No address but places in the file, no style attribute, no event attribute; every name is apart from the rest."""
    for element, attributes in read(render(facts)).elements:
        assert not [key for key in attributes if key.startswith("on") or key in {"style", "src", "srcdoc"}], element
        assert (attributes.get("href") or "#").startswith("#")
        assert element not in {"link", "iframe", "object", "img", "base"}


def test_a_file_of_twenty_large_accounts_is_small_enough() -> None:
    """Whatever the names: every list of each is full, with names as long as they come."""
    name = '<&"\u202e' * 2_500
    accounts = []
    for number in range(MAX_ACCOUNTS):
        account = made.cut_account(f"{number}{name}", str(number))
        accounts.append(replace(account, who=made.who(9_490, random.Random(number), (name,))))  # noqa: S311  # names
    text = render(made.facts(*accounts, left_out=3))
    assert len(text.encode()) <= MOST_BYTES
    assert text.count("<article") == MAX_ACCOUNTS
    assert f"The file holds the {MAX_ACCOUNTS} largest accounts; 3 more have data." in text


def test_accounts_that_do_not_fit_are_left_out_and_counted() -> None:
    """The smallest go first, and the file says so."""
    accounts = [made.cut_account(f"account.{number}", str(number)) for number in range(MAX_ACCOUNTS)]
    text = render(made.facts(*(replace(account, snapshots=account.snapshots * 8) for account in accounts)))
    shown = text.count("<article")
    assert len(text.encode()) <= MOST_BYTES
    assert 1 < shown < MAX_ACCOUNTS
    assert f"The file holds the {shown} largest accounts; {MAX_ACCOUNTS - shown} more have data." in text


def test_the_file_of_no_account_says_why_and_what_to_do() -> None:
    """It is a page, not an error."""
    found = plain(render(made.no_facts()))
    assert "There is no account with data yet." in found
    assert "Run the pipeline once" in found


#: The account, the period, and its sentences.
SENTENCES: dict[str, tuple[Account, int, str]] = {
    "cut": (
        made.cut_account(),
        7,
        """TikTok counts 43,046 followers, 847 more than on 23 Apr: 121 a day.
        1,088 people joined and are still listed. 147 who were listed on 23 Apr are gone, each missed by two snapshots;
        17 more were missed once.
        TikTok counts 77 fewer than these add up to. We see only the newest 22%, so older followers who left are
        invisible to us.""",
    ),
    "whole": (
        made.whole_account(),
        7,
        """TikTok counts 1,000 followers, 19 more than on 23 Apr: 2.7 a day.
        19 people joined and are still listed. 2 who were listed on 23 Apr are gone, each missed by two snapshots.
        TikTok counts 2 more than these add up to. The list is whole: the rest are accounts that TikTok counts but never
        lists.""",
    ),
    "hidden": (
        made.hidden_account(),
        7,
        """TikTok counts 18,420 followers, 357 more than on 23 Apr: 51 a day.
        Who joined and who left, we cannot say: the list has been hidden since 12 Apr.
        The last list still answers who follows this account, not what changed.""",
    ),
    "one snapshot": (
        made.first_look(),
        7,
        """TikTok counts 1,000 followers.
        There is no earlier snapshot to compare with, so what changed we cannot say yet.
        950 people are on the list: the page Who shows them. After the next snapshot this page says what changed.""",
    ),
    "short": (
        replace(made.cut_account(), periods={7: made.cut_account().periods[7]}),
        28,
        """TikTok counts 43,046 followers.
        The snapshots do not reach back 28 days, so what changed since then we cannot say. Choose 7 days: the oldest is
        of about that time.""",
    ),
}


@pytest.mark.parametrize(("account", "days", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_today_says_what_changed_how_sure_and_what_was_not_seen(account: Account, days: int, expected: str) -> None:
    """In this order, with the number first."""
    said = " ".join(plain(sentence) for sentence in today.sentences(account, days))
    assert said == re.sub(r"\s+", " ", expected)


def test_growth_says_who_joined_and_who_stays() -> None:
    """The newest week that is four weeks old, and the newest at all."""
    again = "Another 39 joined and are gone again."
    assert [plain(sentence) for sentence in growth.sentences(made.cut_account(), 28)] == [
        f"4,354 people joined since 2 Apr and are still listed: about 1,088 a week. {again}",
        "Of those who joined 23\u201329 Mar, 87.8% were still listed after four weeks (86.2%\u201389.2%).",
        "Of those who joined 13\u201319 Apr, 91.7% were still listed after one week (90.1%\u201393.1%).",
    ]


def test_a_week_that_is_not_over_says_nothing_of_who_stays() -> None:
    """Until its last day, those who joined late in a cohort have had less time than the column says."""
    account = made.cut_account()
    newest = account.coverage.newest
    assert newest is not None
    shown = {(cohort.start, cell.week) for cohort in account.cohorts for cell in growth.finished(account, cohort)}
    assert shown
    assert all(start + timedelta(weeks=week + 1) <= newest.looked_at for start, week in shown)
    cohort = account.cohorts[0]
    last = max(cell.week for cell in growth.finished(account, cohort))
    sooner = replace(newest, looked_at=cohort.start + timedelta(weeks=last + 1) - timedelta(seconds=1))
    account = replace(account, coverage=replace(account.coverage, newest=sooner))
    assert [cell.week for cell in growth.finished(account, cohort)] == [
        cell.week for cell in cohort.kept if cell.week < last
    ]


def test_the_banner_of_a_list_of_fifty_says_that_it_is_too_little() -> None:
    """A normal state, said in words."""
    account = made.cut_account()
    newest = account.coverage.newest
    assert newest is not None
    few = replace(newest, seen=50, share=50 / 43_046)
    account = replace(account, coverage=replace(account.coverage, newest=few, last_list=few))
    assert plain(headline(account)) == "We saw the newest 50 of 43,046 followers: 0.1%."
    assert "too little for shares" in plain(explanation(account))


@pytest.mark.parametrize("account", [made.hidden_account(), made.first_look()], ids=["hidden", "one snapshot"])
def test_what_is_not_known_is_no_number(account: Account) -> None:
    """The cards of what cannot be compared say so; none of them is 0."""
    text = render(made.facts(account))
    cards = re.findall(r'<p class="value no">([^<]*)</p>', text)
    assert set(cards) <= {"Cannot say", "Not served"}
    assert cards.count("Cannot say") >= 3


def luminance(color: str) -> float:
    """How light a color is, by WCAG 2."""
    digits = color if len(color) == 6 else "".join(2 * digit for digit in color)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_has_the_contrast_of_aa_in_both_themes() -> None:
    """4.5 to 1, computed from the tokens."""
    themes = [dict(re.findall(r"--(\w+):#(\w+)", block)) for block in re.findall(r"\{color-scheme:[^}]*", style())]
    assert len(themes) == 4, "light, dark chosen, dark by the system, print"
    assert themes[1] == themes[2]
    for theme in themes:
        for text, ground in PAIRS:
            low, high = sorted((luminance(theme[text]), luminance(theme[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground}"


def test_every_class_of_a_mark_has_a_style() -> None:
    """A mark without one would be an invisible piece of a key."""
    known = set(re.findall(r"\.([a-z][\w-]*)", style()))
    used = {
        word
        for _, attributes in read(render(made.facts(*made.facts().accounts, made.first_look()))).elements
        for word in (attributes.get("class") or "").split()
        if re.match("[kmfoch]-", word)
    }
    assert STYLES
    assert used <= known | {"c-window"}


def test_the_address_names_accounts_by_handle_or_else_by_id() -> None:
    """Two of the same handle are told apart by their IDs."""
    accounts = (made.cut_account("a", "1"), made.cut_account("b", "2"), made.cut_account("b", "3"))
    text = render(made.facts(*accounts, made.whole_account(None, "4"), made.whole_account("x\u202ey", "5")))
    found = re.search(r'<script type="?application/json"?>(\{"accounts":.*?)</script>', text)
    assert found
    assert json.loads(found[1])["accounts"] == ["a", "2", "3", "4", "5"]
