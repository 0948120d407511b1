"""What `tiktok-insights forget` says before it removes anyone, and of what it finds again."""

import json
import logging
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.forget import forget as forget_person
from tiktok_insights.people.forget import look_for
from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.people.receipt import write_receipt
from tiktok_insights.people.receipt_text import receipt_text
from tiktok_insights.people.unfinished import Note, Unfinished
from tiktok_insights.progress import SILENT
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.forgetting import account_of, open_reach
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.people.test_receipt import receipt
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

PERSON = "7420366745511658149"
HANDLE = "handle.of.the.person"


def forget(*words: str) -> Result:
    """Run `tiktok-insights forget` with words."""
    return CliRunner().invoke(main, ["forget", *words])


def test_a_dry_run_says_where_someone_is(loader: Loader) -> None:
    """By place, without a name, and changes nothing."""
    loader.upload("list", row(PERSON, uniqueId=HANDLE), row("2"))
    loader.load()
    before = [(info.key, info.etag) for info in loader.store.list("")]
    answer = forget(HANDLE, "--dry-run")
    assert answer.exit_code == 0, answer.output
    counts = {line.split("  ")[0]: line.split()[-2:] for line in answer.stdout.splitlines() if "  " in line}
    places = ("csv", "responses", "PUBLIC.TIKTOK_DATA")
    assert [counts[place] for place in places] == [["1", "0"], ["0", "0"], ["1", "0"]]
    assert PERSON not in answer.output
    assert before == [(info.key, info.etag) for info in loader.store.list("")]


def test_whoever_came_back_is_found_and_fails_the_verification(loader: Loader, tmp_path: Path) -> None:
    """With the place and what to do, and without a name."""
    seal = open_suppression(read_settings().s3, loader.store).seal
    _, document = write_receipt(receipt(), receipt_text(receipt()), tmp_path, seal)
    assert forget("--verify", str(document)).exit_code == 0
    open_suppression(read_settings().s3, loader.store).add(Person(PERSON).names())
    loader.put("again", f"Tiktok_id,x\n{PERSON},1\n".encode())
    answer = forget("--verify", str(document))
    assert answer.exit_code == 1
    told("Found again: <number>.", "1", "csv (1)").says(answer.stderr.removeprefix("Error: "))
    assert PERSON not in answer.output
    document.write_text(document.read_text(encoding="utf-8").replace("1,234", "1,235", 1).replace("1234", "1235", 1))
    answer = forget("--verify", str(document))
    assert answer.exit_code == 1
    told("<file> is not as it was written").says(answer.stderr.removeprefix("Error: "))


def test_what_cannot_be_read_is_named(loader: Loader, caplog: pytest.LogCaptureFixture) -> None:
    """Once, in the log; a dry run counts it. So is a file of another producer whose name or metadata names someone."""
    loader.upload("list", row(PERSON, uniqueId=HANDLE), row("2"))
    loader.put("packed", b"\x1f\x8b\x08")
    loader.put(f"list-of-{HANDLE.upper()}", row("3").encode())
    folder = "csv/followers/account=42/dt=2026-01-31/"
    loader.store.put_once(f"{folder}meta.csv", row("4").encode(), "text/csv", {"for": f"{PERSON}, please"})
    loader.store.put_once(f"{folder}other.csv", row("4").encode(), "text/csv", {"for": f"{PERSON}0 x{HANDLE}"})
    loader.store.put("backup/list.csv", b"", "text/csv")
    loader.load()
    answer = forget(HANDLE, "--dry-run")
    assert answer.exit_code == 0, answer.output
    counts = {line.split("  ")[0]: line.split()[-2:] for line in answer.stdout.splitlines() if "  " in line}
    assert (counts["csv"], counts["names of objects"]) == (["1", "1"], ["0", "2"])
    said = [record.getMessage() for record in caplog.records if "Not searched" in record.getMessage()]
    assert [text.partition("dt=2026-01-31/")[2].partition(": ")[0] for text in said] == [
        "packed.csv",
        f"list-of-{HANDLE.upper()}.csv",
        "meta.csv",
    ]
    told("its name or metadata may name a removed person").says(said[-1].partition(".csv: ")[2])
    reach = open_reach(read_settings(), SILENT, logging.getLogger(__name__))
    assert look_for(reach, HANDLE).strangers == 1


def test_it_asks_before_it_removes(loader: Loader) -> None:
    """Without an answer, nothing happens; without a name there is nobody to look for."""
    answer = forget(PERSON)
    assert answer.exit_code == 1
    assert "This cannot be undone. Go on?" in answer.output
    for words in (["--dry-run"], ["--account", "--yes"], ["", "--yes"], ["@", "--dry-run"]):
        assert forget(*words).exit_code == 2
    with told("The name of the person is empty."):
        identify(loader.session, loader.store, " @")
    assert list(loader.store.list("suppression/")) == []


def test_an_account_that_is_still_followed_is_not_removed(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of its names is in the settings; and one that nobody knows is not found."""
    RawStore(loader.store).remember_account("to.go", "42")
    loader.upload("list", row("2"), account="42")
    loader.load()
    for followed, is_refused in (("@To.Go", True), ("other", False)):
        monkeypatch.setenv("TIKTOK_ACCOUNTS", followed.lower())
        settings = read_settings()
        reach = open_reach(settings, SILENT, logging.getLogger(__name__))
        for name in ("42", "@to.go"):
            if is_refused:
                with told("<account> is still in TIKTOK_ACCOUNTS", followed.lower()):
                    account_of(settings, reach, name)
            else:
                assert account_of(settings, reach, name) == "42"
        with told("No single account has this name."):
            account_of(settings, reach, "nobody")


def test_a_removal_stays_noted_until_it_ends(tmp_path: Path) -> None:
    """For its owner alone; a damaged note is refused."""
    unfinished = Unfinished(tmp_path)
    note = Note("2026-01-31T12:00:00.000Z", Person(PERSON, frozenset({HANDLE})), receipt().found)
    file = tmp_path / "forget" / "unfinished.json"
    with suppress(KeyboardInterrupt), unfinished.noted([note]):
        assert file.stat().st_mode & 0o777 == 0o600
        raise KeyboardInterrupt
    assert unfinished.notes() == (note,)
    with unfinished.noted([note]) as kept:
        kept.append(note)
    assert unfinished.notes() == (note,), "something could not be cleaned"
    with unfinished.noted([note]):
        pass
    assert (unfinished.notes(), file.exists()) == ((), False)
    file.write_text(json.dumps([{"id": PERSON}]), encoding="utf-8")
    with told("<file> is damaged, so that an unfinished removal cannot be continued.", str(file)):
        unfinished.notes()


def test_removals_at_once_are_all_noted(tmp_path: Path) -> None:
    """None loses the note of another, and each ends its own alone."""
    notes = [Note("2026-01-31T12:00:00.000Z", Person(str(number)), ()) for number in range(1, 33)]
    begun, cut_off = Barrier(len(notes)), notes[::4]

    def remove(note: Note) -> None:
        unfinished = Unfinished(tmp_path)
        with unfinished.noted([note]) as kept:
            begun.wait(60)
            assert set(unfinished.notes()) == set(notes)
            begun.wait(60)
            kept.extend({note} & set(cut_off))

    with ThreadPoolExecutor(len(notes)) as pool:
        list(pool.map(remove, notes))
    assert set(Unfinished(tmp_path).notes()) == set(cut_off)


def test_a_removal_whose_note_is_lost_is_finished_without_a_name(loader: Loader, tmp_path: Path) -> None:
    """As when its machine is lost: whoever is on the list and still in a table goes everywhere, and then is no one."""
    loader.upload("list", row(PERSON, uniqueId=HANDLE), row("2"))
    loader.load()
    settings, cleaned = read_settings(), list[Person]()
    open_suppression(settings.s3, loader.store).add(Person(PERSON).names())

    def clean_machine(people: Collection[Person]) -> Iterable[Cleaned]:
        cleaned.extend(people)
        return ()

    opened = open_reach(settings, SILENT, logging.getLogger(__name__))
    reach = replace(opened, unfinished=Unfinished(tmp_path), clean_machine=clean_machine)
    done = forget_person(reach)
    assert (done.is_complete, done.whom.people, cleaned) == (True, 1, [Person(PERSON, frozenset({HANDLE}))])
    assert {one.place: one.copies for one in done.found if one.copies}.keys() >= {"csv", "PUBLIC.TIKTOK_DATA"}
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("2",)]
    again = forget_person(reach)
    assert (again.is_complete, again.whom.people, [one for one in again.found if one.copies]) == (True, 0, [])
