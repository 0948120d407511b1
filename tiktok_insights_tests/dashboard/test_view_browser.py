"""The file in a browser: filters, keys, policy, hostile names, widths, and what is there without scripts.

Needs Chromium. What the file says is held in `test_view_file.py`.
"""

import base64
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok_insights.dashboard.description import PAGES
from tiktok_insights.dashboard.view.render import render
from tiktok_insights_tests.dashboard import support_facts as made
from tiktok_insights_tests.support.browser import Browser, running_browser

pytestmark = pytest.mark.browser

#: Checks a page for accessibility; `make test-browser` installs it.
AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"

NAMES = [page.name for page in PAGES]
#: Three hours after the newest snapshot of the facts.
SOON = "Date.now = () => Date.UTC(2026, 3, 30, 9, 12)"
#: 49 hours after it.
LATE = "Date.now = () => Date.UTC(2026, 4, 2, 7, 12)"


#: Visible elements that reach over the right edge; tables of many columns scroll in their own place.
TOO_WIDE = """Array.from(document.querySelectorAll("main *")).filter((one) =>
    one.checkVisibility() && !one.closest(".scroll") && one.getBoundingClientRect().right > innerWidth + 1
).map((one) => one.outerHTML.slice(0, 200))"""
#: Visible charts in which nothing is drawn.
EMPTY = """Array.from(document.querySelectorAll(".plot")).filter((one) => one.checkVisibility()
    && one.querySelectorAll("svg *").length < 2).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of the module; the clock says that the facts are new."""
    with running_browser() as running:
        running.call("Page.addScriptToEvaluateOnNewDocument", source=SOON)
        yield running


@pytest.fixture(autouse=True)
def usual(browser: Browser) -> None:
    """A desktop in light colors, with scripts."""
    browser.size(1280)
    browser.prefer("light")
    browser.scripts(run=True)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an account of each kind."""
    path = tmp_path_factory.mktemp("dashboard") / "index.html"
    path.write_text(render(made.facts(*made.facts().accounts, made.first_look())), "utf-8")
    return path


def shown(browser: Browser) -> str:
    """The text that a person sees."""
    return str(browser.evaluate("document.querySelector('main').innerText"))


def address(browser: Browser) -> str:
    """What stands after # in the address."""
    return str(browser.evaluate("location.hash"))


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1280, 1920])
def test_nothing_scrolls_sideways(browser: Browser, file: Path, width: int) -> None:
    """At any width, on any page of any account; and no chart is empty."""
    browser.size(width)
    browser.open(file)
    for name in NAMES:
        for account in ("north.kiln", "harbor.run.club", "mila.draws", "first.look"):
            browser.go(f"#{name}?account={account}")
            assert browser.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [width, width]
            assert browser.evaluate(TOO_WIDE) == []
            assert browser.evaluate(EMPTY) == 0


def test_no_request_leaves_the_page_and_no_rule_is_broken(browser: Browser, file: Path) -> None:
    """Neither when it is opened nor when it is used; a request by a script is refused by the policy, and seen here."""
    browser.open(file)
    for name in NAMES:
        browser.go(f"#{name}")
    browser.evaluate("document.querySelector('input[value=\"28\"]').click()")
    browser.evaluate("document.getElementById('theme').click()")
    assert browser.requests == []
    assert browser.errors == []
    browser.evaluate("fetch('http://127.0.0.1:9/').catch(() => 'refused')")
    assert any("Content Security Policy" in error for error in browser.errors)


def test_filters_change_the_address_and_the_numbers(browser: Browser, file: Path) -> None:
    """And tabs keep them."""
    browser.open(file)
    assert "847 more than on 23 Apr" in shown(browser)
    browser.evaluate("document.querySelector('input[value=\"28\"]').click()")
    assert address(browser) == "#today?period=28"
    assert "3,388 more than on 2 Apr" in shown(browser)
    choose = "document.getElementById('account')"
    browser.evaluate(f"{choose}.selectedIndex = 1, {choose}.dispatchEvent(new Event('change'))")
    assert address(browser) == "#today?account=harbor.run.club&period=28"
    assert "has been hidden since 12 Apr" in shown(browser)
    assert "43,046 followers" not in shown(browser).split("All accounts")[0]
    browser.evaluate("document.querySelector('[data-tab=growth]').click()")
    browser.evaluate("new Promise((done) => setTimeout(done))")
    assert address(browser) == "#growth?account=harbor.run.club&period=28"
    assert browser.evaluate("document.querySelector('[aria-current=page]').textContent") == "Growth"


def test_an_address_can_be_sent(browser: Browser, file: Path) -> None:
    """Whoever opens it sees the same."""
    browser.open(file, "#coverage?account=mila.draws&period=60")
    assert "What do these numbers rest on?" in shown(browser)
    assert "@mila.draws" in shown(browser)
    assert browser.evaluate("document.getElementById('account').value") == "mila.draws"
    assert browser.evaluate("scrollY") == 0


def test_an_unknown_account_is_said_and_the_first_one_shown(browser: Browser, file: Path) -> None:
    """The name from the address is text, too."""
    browser.open(file, "#today?account=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert (
        "This file has no account \u201c<img src=x onerror=alert(1)>\u201d. It shows the first one instead."
        in shown(browser)
    )
    assert "@north.kiln" in shown(browser)
    assert browser.evaluate("document.images.length") == 0
    assert browser.errors == []


def test_the_age_is_that_of_the_moment_the_file_is_opened(browser: Browser, file: Path) -> None:
    """From 48 hours on the banner says so, and is gray."""
    browser.open(file)
    assert "3 hours" in shown(browser)
    assert browser.evaluate("document.querySelectorAll('.old').length") == 0
    late = browser.call("Page.addScriptToEvaluateOnNewDocument", source=LATE)["identifier"]
    browser.open(file)
    assert "This is 2 days old: older than 48 hours." in shown(browser)
    assert browser.evaluate("document.querySelector('.banner').classList.contains('stale')") is True
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=late)


def test_hostile_names_neither_run_nor_add_elements(browser: Browser, tmp_path: Path) -> None:
    """On no page, in no place where a name can be."""
    path = tmp_path / "hostile.html"
    accounts = [made.cut_account(name, str(number)) for number, name in enumerate(made.HOSTILE)]
    path.write_text(render(made.facts(*accounts)), "utf-8")
    for width in (390, 1280):
        browser.size(width)
        browser.open(path)
        for name in NAMES:
            browser.go(f"#{name}?account=3")
            assert browser.evaluate("document.scripts.length - document.querySelectorAll('[type$=json]').length") == 2
            assert browser.evaluate("document.querySelectorAll('[onload],[onerror],bdi > *').length") == 0
            assert browser.evaluate("document.documentElement.scrollWidth") == width
            assert browser.errors == []


def test_everything_is_reached_by_keys(browser: Browser, file: Path) -> None:
    """A tab is followed, a definition opens and closes, and a chart tells its numbers."""
    browser.open(file)
    browser.evaluate("document.querySelector('[data-tab=today]').focus()")
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.textContent") == "Growth"
    browser.evaluate("document.querySelector('main .q').focus()")
    browser.press("Enter")
    assert browser.evaluate("document.querySelectorAll(':popover-open').length") == 1
    browser.press("Escape")
    assert browser.evaluate("document.querySelectorAll(':popover-open').length") == 0
    browser.evaluate("document.querySelector('[data-chart=count] .plot').focus()")
    told = "document.querySelector('[data-chart=count] .readout').textContent"
    for _ in range(2):
        browser.press("ArrowLeft")
    assert browser.evaluate(told).startswith("Wed 29 Apr: 42,914, +")
    browser.press("ArrowRight")
    assert "Thu 30 Apr: 43,046" in browser.evaluate(told)


def test_without_scripts_the_first_account_is_complete_and_the_others_follow(browser: Browser, file: Path) -> None:
    """Banner, cards, sentences of seven days and tables; nothing that needs scripts."""
    browser.scripts(run=False)
    browser.open(file)
    texts = browser.call("DOMSnapshot.captureSnapshot", computedStyles=["display"])
    strings, layout = texts["strings"], texts["documents"][0]["layout"]
    seen = " ".join(strings[at] for at in layout["text"] if at >= 0)
    for expected in (
        "We saw the newest",
        "847 more",
        "Cannot say",
        "Where the 9,487 people",
        "Scripts are off",
        "All accounts",
    ):
        assert expected in seen
    assert seen.index("What changed, and how sure is that?") < seen.index("What do these numbers rest on?")
    assert "3,388 more" not in seen
    assert "Choose" not in seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_the_systems_until_one_is_chosen(browser: Browser, file: Path, scheme: str) -> None:
    """The button goes through automatic, light and dark."""
    browser.prefer(scheme)
    browser.open(file)
    browser.evaluate("localStorage.clear()")
    browser.open(file)
    ground = "getComputedStyle(document.body).backgroundColor"
    colors = {"light": "rgb(251, 251, 249)", "dark": "rgb(16, 18, 21)"}
    found = [browser.evaluate(ground)]
    for _ in range(3):
        browser.evaluate("document.getElementById('theme').click()")
        found.append(browser.evaluate(ground))
    assert found == [colors[scheme], colors["light"], colors["dark"], colors[scheme]]


def test_the_file_of_no_account_opens(browser: Browser, tmp_path: Path) -> None:
    """Without errors, at any width."""
    path = tmp_path / "empty.html"
    path.write_text(render(made.no_facts()), "utf-8")
    for width in (390, 1280):
        browser.size(width)
        browser.open(path)
        assert "There is no account with data yet." in shown(browser)
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        assert browser.errors == []


@pytest.mark.parametrize("name", ["today", "growth"])
def test_a_page_prints_on_at_most_two_sheets(browser: Browser, file: Path, name: str) -> None:
    """Of the largest account, without what only a screen can use."""
    browser.open(file, f"#{name}")
    printed = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


def violations(browser: Browser, context: str) -> list[list[str]]:
    """What axe finds there: the rule, how much it matters, and the first element."""
    kinds = "{resultTypes: ['violations']}"
    told = "(all) => all.violations.map((one) => [one.id, one.impact, one.nodes[0].html])"
    return list(browser.evaluate(f"axe.run({context}, {kinds}).then({told})"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing(browser: Browser, file: Path, scheme: str, width: int) -> None:
    """No barrier of any impact, on any page of any kind of account."""
    assert AXE.is_file(), "axe-core is missing. Run these tests with: make test-browser"
    browser.prefer(scheme)
    browser.size(width)
    browser.open(file)
    browser.evaluate(f"{AXE.read_text('utf-8')}; true")
    # What is hidden takes most of the time. Once it counts, too: two parts may have the same name.
    found = violations(browser, "document")
    for name in NAMES:
        for account in (*made.facts().accounts, made.first_look()):
            browser.go(f"{name}?account={account.handle}&period=28")
            found += violations(browser, "{exclude: [['[hidden]']]}")
    assert found == []
    assert browser.evaluate(
        "document.querySelectorAll('button.q').forEach((one) => { one.textContent = ''; one.ariaLabel = ''; }),"
        "axe.run().then((all) => all.violations.map((one) => one.id))"
    ) == ["button-name"], "a barrier is found"
