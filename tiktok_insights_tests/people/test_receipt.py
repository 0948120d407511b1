"""The receipt answers the questions that a data protection officer asks, and tells nobody who was removed."""

import json
from pathlib import Path

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.people.receipt import A_USER, AN_ACCOUNT, Receipt, Removed, Search
from tiktok_insights.people.remains import Remainder
from tiktok_insights_tests.support.troubleshooting import told

_KEY = "csv/followers/account=7420366745511658149/dt=2026-01-31/x.csv"


def receipt(found: int = 0, unread: tuple[Unread, ...] = (), hashes: int = 3, what: str = A_USER) -> Receipt:
    """A receipt of a removal after which so much was still found."""
    return Receipt(
        number="20260131T120000Z-3f9a2c",
        what=what,
        software="tiktok_insights 1.2.3",
        begun_at="2026-01-31T12:00:00.000Z",
        ended_at="2026-01-31T12:01:00.000Z",
        hashes=hashes,
        found=(
            Removed.of(Cleaned("responses", 2, 1234)),
            Removed.of(Cleaned("csv", 1, 1)),
            Removed.of(Cleaned("marts")),
        ),
        cleaned=(Removed.of(Cleaned("dashboard", 2)), Removed.of(Cleaned("logs", 1, 3)), Removed.of(Cleaned("stack"))),
        search=Search("2026-01-31T12:00:59.000Z", (Removed.of(Cleaned("csv", found, found, unread)),)),
        remains=(
            Remainder("Earlier versions.", "2026-03-03", ("aws s3api list", "aws s3api delete")),
            Remainder("Fail-safe.", "2026-02-08"),
        ),
        not_searched=("Files that people exported.",),
    )


def test_it_answers_in_the_order_of_the_questions() -> None:
    """What, where, whether it is gone, what is left until when and how to end it, and whether it can come back."""
    text = receipt().to_text()
    answers = (
        "RECEIPT 20260131T120000Z-3f9a2c: a user was removed",
        "- responses: 1,234 rows in 2 objects.\n- csv: 1 row.\nNothing was found in: marts.",
        "- dashboard: 2 files written again or deleted.\n- logs: 1 file written again or deleted, and 3 texts removed",
        "Found: 0. Could not be read: 0.",
        "- Earlier versions. Until 2026-03-03.\n  To end it sooner:\n    aws s3api list\n    aws s3api delete",
        "- Fail-safe. Until 2026-02-08.\n  Nothing ends it sooner.",
        "- Files that people exported.",
        "- In stored responses, an empty marker in the place of a removed row",
        "No: keyed hashes of the ID, handles and secUids are on the suppression list (3 with this receipt).",
    )
    places = [text.index(answer) for answer in answers]
    assert places == sorted(places)
    assert "STILL FOUND" not in text


def test_what_was_not_removed_is_not_hidden() -> None:
    """Neither in the text nor for programs."""
    for bad in (receipt(found=2), receipt(unread=(Unread(_KEY, "damaged"),))):
        assert not bad.is_complete
        assert json.loads(bad.to_json())["is_complete"] is False
    assert "- STILL FOUND in csv: 2." in receipt(found=2).to_text()
    assert "- NOT READABLE in csv: 1." in receipt(unread=(Unread(_KEY, "damaged"),)).to_text()


def test_an_account_can_come_back_and_a_user_cannot() -> None:
    """Also if the receipt is about users who were on the list already."""
    assert "Yes: an account comes back" in receipt(what=AN_ACCOUNT, hashes=0).to_text()
    assert "are on the suppression list (by earlier receipts)." in receipt(hashes=0).to_text()


def test_it_names_neither_objects_nor_people() -> None:
    """The key of an object may be an account's ID."""
    one = receipt(unread=(Unread(_KEY, "damaged"),))
    assert "7420366745511658149" not in one.to_text() + one.to_json()


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Another file is refused."""
    text, document = receipt().write(tmp_path / "receipts")
    assert Receipt.from_json(document) == receipt()
    for body in ("", "[]", "{}", text.read_text(encoding="utf-8")):
        (tmp_path / "other.json").write_text(body, encoding="utf-8")
        with told("<file> is not a receipt of tiktok-insights forget."):
            Receipt.from_json(tmp_path / "other.json")
