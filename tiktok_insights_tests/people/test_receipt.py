"""The receipt answers the questions that a data protection officer asks, and tells nobody who was removed."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.finding import Unread
from tiktok_insights.people.receipt import (
    A_USER,
    AN_ACCOUNT,
    Receipt,
    Removed,
    Search,
    Whom,
    read_receipt,
    write_receipt,
)
from tiktok_insights.people.receipt_text import receipt_text
from tiktok_insights.people.remains import OUT_OF_REACH, Remainder
from tiktok_insights.suppression.hashes import seal_of
from tiktok_insights_tests.support.troubleshooting import told

_KEY = "csv/followers/account=7420366745511658149/dt=2026-01-31/x.csv"


def seal(body: bytes) -> str:
    """The seal under the key of one bucket."""
    return seal_of(b"k" * 32, body)


def receipt(found: int = 0, unread: tuple[Unread, ...] = (), hashes: int = 3, what: str = A_USER) -> Receipt:
    """A receipt of a removal after which so much was still found."""
    return Receipt(
        number="20260131T120000Z-3f9a2c",
        whom=Whom(what, people=1, hashes=hashes),
        system="s3://bucket/ and the database AMAZON_DB",
        software="tiktok_insights 1.2.3",
        begun_at="2026-01-31T12:00:00.000Z",
        ended_at="2026-01-31T12:01:00.000Z",
        found=(
            Removed.of(Cleaned("responses", 2, 1234)),
            Removed.of(Cleaned("csv", 1, 1)),
            Removed.of(Cleaned("marts")),
        ),
        cleaned=(Removed.of(Cleaned("dashboard", 2)), Removed.of(Cleaned("logs", 1, 3)), Removed.of(Cleaned("stack"))),
        search=Search("2026-01-31T12:00:59.000Z", (Removed.of(Cleaned("csv", found, found, unread, 1234)),), 2),
        remains=(
            Remainder("Earlier versions.", "2026-03-03", ("aws s3api list", "aws s3api delete")),
            Remainder("Fail-safe.", "2026-02-08"),
        ),
        not_searched=OUT_OF_REACH,
    )


def test_it_answers_in_the_order_of_the_questions() -> None:
    """What, where, whether it is gone, what is left until when and how to end it, and whether it can come back."""
    text = receipt_text(receipt())
    answers = (
        "RECEIPT 20260131T120000Z-3f9a2c: a user was removed",
        "Result: COMPLETE.",
        "Where: s3://bucket/ and the database AMAZON_DB. Begun at 2026-01-31T12:00:00.000Z",
        "- responses: 1,234 rows in 2 objects.\n- csv: 1 row.\nNothing was found in: marts.",
        "- dashboard: 2 files written again or deleted.\n- logs: 1 file written again or deleted, and 3 texts removed",
        "Found: 0. Could not be read: 0.",
        "1,234 objects in csv",
        "- NOT SEARCHED: 2 objects in the bucket that this system did not write.",
        "- Earlier versions. Until 2026-03-03.\n  To end it sooner:\n    aws s3api list\n    aws s3api delete",
        "- Fail-safe. Until 2026-02-08.\n  Nothing ends it sooner.\nThe last of these dates is 2026-03-03.",
        "- Files that people exported",
        "- In stored responses, an empty marker in the place of a removed row",
        "A snapshot says how many followers there were",
        "No: keyed hashes of the ID, handles and secUids are on the suppression list (3 with this receipt).",
        "- Search again after 2026-03-03: tiktok-insights forget --verify receipt_20260131T120000Z-3f9a2c.json",
        "an HMAC-SHA256 with the key of the suppression list",
    )
    places = [text.index(answer) for answer in answers]
    assert places == sorted(places)
    assert "STILL FOUND" not in text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "Is a keyed hash still personal data, and on what ground is it kept?",
            r"still personal data .*Article 4\(5\)",
        ),
        ("Until when exactly?", "The last of these dates is [0-9-]{10}"),
        ("How do I know that the search looked at everything?", "read every object again .*objects in csv"),
        ("What did the search not look for?", "did not look for nicknames by themselves"),
        ("Does this machine mean the whole disk?", "temporary folders were looked through, and nothing else"),
        ("What of objects that others put into the bucket?", "NOT SEARCHED: 2 objects in the bucket"),
        ("What of laptops?", "Other machines on which this system has run"),
        ("What of query history?", "Snowflake's query history, which keeps them for 365 days"),
        ("What of Power BI's files?", r"\.pbix files"),
        ("What proves that nobody edited it?", "--verify refuses a receipt of which a letter was changed"),
        ("Who ran it?", "on AWS, CloudTrail and Snowflake's query history do"),
        ("How was the identity checked?", "how you made sure of that"),
        ("What of minors?", "for a minor, of the parents, too: the data has no ages"),
        ("Can the person be told from the difference of counts?", "whoever has a copy from before can compare"),
        ("What if the person follows again?", "also when the user follows again or changes the handle"),
        ("And with a new account?", "A new TikTok account .* is another request"),
        ("What of others' rows?", "Rows, names and counts of others are as they were"),
        ("What of a tracked account?", "forget --account removes it"),
        ("Who has to be told?", "Article 19"),
        ("By when?", "within one month"),
    ],
)
def test_a_skeptical_question_has_its_answer(question: str, answer: str) -> None:
    """In the receipt itself, whatever was removed."""
    assert re.search(answer, receipt_text(receipt())), question


def test_what_was_not_removed_is_not_hidden() -> None:
    """Neither in the text nor for programs; also where a file of this machine could not be cleaned."""
    locked = replace(receipt(), cleaned=(Removed.of(Cleaned("Dagster's events", unread=(Unread("x", "locked"),))),))
    for bad in (receipt(found=2), receipt(unread=(Unread(_KEY, "damaged"),)), locked):
        assert not bad.is_complete
        assert json.loads(bad.to_json("", seal))["is_complete"] is False
        assert "Result: NOT COMPLETE." in receipt_text(bad)
    assert "- STILL FOUND in csv: 2." in receipt_text(receipt(found=2))
    unread = receipt_text(receipt(unread=(Unread(_KEY, "damaged"),)))
    assert "- NOT READABLE OR NOT CHANGEABLE in csv: 1." in unread
    assert "- NOT CLEANED: Dagster's events: 1 file." in receipt_text(locked)


def test_an_account_can_come_back_and_a_user_cannot() -> None:
    """Also if the receipt is about users who were on the list already, or about several."""
    account = receipt_text(receipt(what=AN_ACCOUNT, hashes=0))
    assert "Yes: an account comes back" in account
    assert "keyed hashes" not in account.lower()
    assert "are on the suppression list (by earlier receipts)." in receipt_text(receipt(hashes=0))
    for people, words in ((0, "whoever had come back was removed"), (1_200, "1,200 users were removed")):
        assert words in receipt_text(replace(receipt(), whom=Whom(A_USER, people, 3)))


def test_it_names_neither_objects_nor_people() -> None:
    """The key of an object may be an account's ID."""
    one = receipt(unread=(Unread(_KEY, "damaged"),))
    text = receipt_text(one)
    assert "7420366745511658149" not in text + one.to_json(text, seal)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Another file is refused, and so is one of an older package."""
    text, document = write_receipt(receipt(), receipt_text(receipt()), tmp_path / "receipts", seal)
    assert read_receipt(document, seal) == receipt().number
    for body in ("", "[]", "{}", text.read_text(encoding="utf-8"), '{"number": 1, "version": 2, "software": ""}'):
        (tmp_path / "other.json").write_text(body, encoding="utf-8")
        with told("<file> is not a receipt of tiktok-insights forget."):
            read_receipt(tmp_path / "other.json", seal)
    (tmp_path / "other.json").write_text('{"number": "1", "version": 1, "software": "older 0.1"}', encoding="utf-8")
    with told("<file> is of version <number>", "1", "2", "older 0.1"):
        read_receipt(tmp_path / "other.json", seal)


def test_an_edited_receipt_is_refused(tmp_path: Path) -> None:
    """In either form, with a hash that fits, or with the seal of another bucket; without its text it is as good."""
    text, document = write_receipt(receipt(found=2), receipt_text(receipt(found=2)), tmp_path, seal)
    written, said = document.read_text(encoding="utf-8"), text.read_text(encoding="utf-8")
    refused = told("<file> is not as it was written", document.name)
    with refused:
        read_receipt(document, lambda body: seal_of(b"x" * 32, body))
    kinder = said.replace("STILL FOUND in csv: 2", "Nothing was found")
    of_said, of_kinder = (hashlib.sha256(each.encode()).hexdigest() for each in (said, kinder))
    for edited in (written.replace('"copies": 2', '"copies": 0'), written.replace(of_said, of_kinder)):
        assert edited != written
        document.write_text(edited, encoding="utf-8")
        with refused:
            read_receipt(document, seal)
    document.write_text(written, encoding="utf-8")
    text.write_text(kinder, encoding="utf-8")
    with told("<file> is not as it was written", text.name):
        read_receipt(document, seal)
    text.unlink()
    assert read_receipt(document, seal) == receipt().number
