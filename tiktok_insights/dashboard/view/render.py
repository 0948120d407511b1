"""Draws the file: one HTML text from the facts, which opens without a server or a network.

Nothing here knows the clock: the script computes the age when the file is opened.
"""

from collections.abc import Sequence

from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view import assets, shell
from tiktok_insights.dashboard.view.banner import banner
from tiktok_insights.dashboard.view.fitting import fitted
from tiktok_insights.dashboard.view.html import Html, join, json_data, tag
from tiktok_insights.dashboard.view.pages.drawing import pages_of, together

_NO_ACCOUNT = "There is no account with data yet."
_WHY_NOT = (
    "This file is made from snapshots of follower lists, and no snapshot has been loaded. "
    "Run the pipeline once, and make the file again."
)


def render(facts: Facts) -> str:
    """Draw the file. The same facts give the same text."""
    return _document(*fitted(facts, _article, around=len(_document(facts, ()).encode())))


def _document(facts: Facts, articles: Sequence[Html]) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        assets.policy(),
        tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", shell.TITLE),
        tag("style", Html(assets.style())),
        tag("script", Html(assets.script(assets.EARLY))),
    )
    body = tag(
        "body",
        shell.patterns(),
        tag("header", shell.top(facts), class_="site"),
        *(_content(facts, articles) if facts.accounts else _nothing()),
        shell.footer(facts),
        shell.definitions(),
        json_data({"accounts": shell.keys(facts)}),
        tag("script", Html(assets.script())),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _content(facts: Facts, articles: Sequence[Html]) -> tuple[Html | None, ...]:
    unknown = tag("p", class_="wrap unknown-account", id="unknown", hidden=True, role="status")
    main = tag("main", unknown, *articles, tag("div", join(together(facts)), class_="wrap"))
    return shell.tabs(facts), shell.directory(facts.accounts), main


def _article(account: Account, number: int) -> Html:
    return tag(
        "article",
        banner(account),
        *pages_of(account, number),
        id=f"account-{number}",
        class_="wrap",
        data_account=number,
    )


def _nothing() -> tuple[Html, ...]:
    title, why = tag("h1", _NO_ACCOUNT, class_="question"), tag("p", _WHY_NOT, class_="empty")
    return (tag("main", title, why, class_="wrap nothing"),)
