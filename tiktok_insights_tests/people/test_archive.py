"""The archive of a person: everything that was planted about them is in it, and nothing about anyone else."""

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import RAW_QUARANTINE_PREFIX
from tiktok_insights.people.archive import README, label_of, name_of, write_archive
from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.people.places import all_places
from tiktok_insights.tables.definitions import ALL
from tiktok_insights.warehouse.verification import PROGRESS_KEY
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

PERSON = "7420366745511658149"
#: IDs that have the person's ID in them, or nearly; each has its ID in its name.
OTHERS = ("7420366745511658150", "17420366745511658149"[-20:], "742036674551165814")
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SNAPSHOT = "raw/followers/account=42/snapshot=20260131T120000000Z"


def line(tiktok_id: str, **texts: str) -> str:
    """A line of a CSV whose handle and name belong to this ID alone."""
    return row(tiktok_id, **{"uniqueId": f"handle.{tiktok_id}", "nickname": f"name {tiktok_id}", **texts})


def put_response(store: ObjectStore, key: str, document: object) -> None:
    """Store a response as the raw stage does."""
    store.put_once(key, gzip.compress(encoded(document)), "application/gzip", {"fetched-at": "2026-01-31T12:00:00Z"})


@pytest.fixture
def planted(loader: Loader) -> Loader:
    """A warehouse and a bucket with the person in each place, and others beside them."""
    broken = line("7.42e+18", uniqueId=f"handle.{PERSON}")
    loader.upload("list", line(PERSON, nickname='"=1, ""x"""'), *map(line, OTHERS), broken)
    loader.load()
    users = [web_row(one, uniqueId=f"handle.{one}", nickname=f"name {one}") for one in (OTHERS[0], PERSON, OTHERS[1])]
    put_response(loader.store, f"{SNAPSHOT}/page-000001.json.gz", web_page(*users))
    put_response(loader.store, f"{SNAPSHOT}/page-000002.json.gz", web_page(web_row(OTHERS[0])))
    put_response(loader.store, f"{SNAPSHOT}/not-a-page-000003.json.gz", {"status_code": 8, "who": PERSON})
    put_response(loader.store, f"{SNAPSHOT}/account-info.json.gz", user_info(account_id=PERSON))
    entries = [
        {"object": "x", "row": 1, "reason": "why", "raw": json.dumps(web_row(one, uniqueId=f"handle.{one}"))}
        for one in (PERSON, OTHERS[0])
    ]
    body = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    loader.store.put(f"{RAW_QUARANTINE_PREFIX}account=42/snapshot=x.jsonl", body.encode(), "application/jsonl")
    return loader


def archived(loader: Loader, reference: str, path: Path) -> dict[str, Any]:
    """The files of a person's archive by their names; JSON is read."""
    places = tuple(all_places(loader.session, loader.store))
    write_archive(path, identify(loader.session, loader.store, reference), places, NOW)
    return files_of(path)


def files_of(path: Path) -> dict[str, Any]:
    """The files of an archive by their names; JSON is read."""
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()}


def test_everything_about_a_person_is_found(planted: Loader, tmp_path: Path) -> None:
    """Rows of tables, entries of pages, lines of CSVs and both quarantines, each with source, place and time.

    Nothing about anyone else is in it, and the README says what was searched and what was not.
    """
    files = archived(planted, f"@handle.{PERSON}", tmp_path / "x.zip")
    assert [entry["content"]["TIKTOK_ID"] for entry in files["PUBLIC.TIKTOK_DATA.json"]] == [PERSON]
    assert files["PUBLIC.FOLLOWER_SNAPSHOTS.json"][0]["content"]["NICK_NAME"] == '=1, "x"'
    assert [
        (one["source"].rpartition("/")[2], one["where"], one["content"] is None) for one in files["responses.json"]
    ] == [
        ("account-info.json.gz", "the whole object, which is about the person's account", False),
        ("not-a-page-000003.json.gz", "a mention; the object is about others, or of an unknown structure", True),
        ("page-000001.json.gz", "entry 2 of the list", False),
    ]
    entry = files["responses.json"][2]
    assert (json.loads(entry["content"])["user"]["id"], entry["at"]) == (PERSON, "2026-01-31T12:00:00Z")
    assert [one["where"] for one in files["csv.json"]] == ["line 2", "line 6"]
    assert files["csv.json"][0]["content"] == line(PERSON, nickname='"=1, ""x"""')
    assert [json.loads(one["content"])["reason"][:9] for one in files["quarantine.json"]] == ["Tiktok_id", "why"]
    has_nothing_about_others(files)
    says_what_was_searched(files[README])


def has_nothing_about_others(files: dict[str, Any]) -> None:
    """See that neither handle nor name of a neighbor is in it, also of one whose ID is a part of the person's."""
    text = json.dumps(files)
    assert PERSON in text
    for other in OTHERS:
        assert f"handle.{other}." not in text.replace('"', ".")
        assert f"name {other}." not in text.replace('"', ".")


def says_what_was_searched(readme: str) -> None:
    """See that every table with IDs is named in it, and every place out of reach."""
    assert f"the TikTok user {PERSON} (seen as handle.{PERSON})." in readme
    assert "Written on 2026-02-01 at 12:00:00 UTC." in readme
    for table in ALL:
        if {"TIKTOK_ID", "ACCOUNT_ID"} & set(table.names):
            assert table.name in readme
    for words in ("- csv.json, 2: ", "MAIN.FOLLOWERS_GONE", "Not searched:", "Time Travel"):
        assert words in readme


def test_an_id_that_only_the_bucket_knows_is_found_there(loader: Loader, tmp_path: Path) -> None:
    """As that of a file that was never loaded."""
    loader.put("other", f"id,who\n1,2\n99{PERSON[2:]},x\n".encode())
    files = archived(loader, f"99{PERSON[2:]}", tmp_path / "x.zip")
    assert [(one["where"], one["content"]) for one in files["csv.json"]] == [("line 3", f"99{PERSON[2:]},x")]
    assert set(files) == {"csv.json", README}


#: Files that others made, and the lines of each that are about the person.
FOREIGN = {
    "semicolons": (f'id;who;nick\n1;a;b\n{PERSON};ann.b;"x;y"\n{OTHERS[0]};c;d\n', [f'{PERSON};ann.b;"x;y"']),
    "tabs": (f"id\twho\n{PERSON}\tann.b\n1{PERSON[:-1]}\tc\n", [f"{PERSON}\tann.b"]),
    "returns": (f"id,who\r1,2\r{PERSON},ann.b\r3,c\r", [f"{PERSON},ann.b"]),
    "nul": (f"id,who\n{PERSON}\0,ann.b\n", [f"{PERSON}\0,ann.b"]),
    "continued": (f'id,who,nick\n{PERSON},ann.b,"one\ntwo"\n2,c,d\n', [f'{PERSON},ann.b,"one', 'two"']),
    "secuids": ("who,sec\nann.b,MS4wA\nc,MS4wB\n", ["ann.b,MS4wA"]),
    "handles": ("who\n@ANN.b\nann.b.c\n", ["@ANN.b"]),
    "mark": (f"\ufeff{PERSON},ann.b\n{OTHERS[0]},ann.b\n", [f"{PERSON},ann.b"]),
    "wide": (f"{PERSON},{'x' * 200_000}\n2,y\n", [f"{PERSON},{'x' * 200_000}"]),
}
ANN = Person(PERSON, frozenset({"Ann.B"}), frozenset({"MS4wA"}))


def test_whatever_a_removal_would_cut_is_in_the_archive(loader: Loader, tmp_path: Path) -> None:
    """Lines of any file, with any separator, under any name of the person; what cannot be searched is named."""
    for name, (text, _) in FOREIGN.items():
        loader.put(name, text.encode())
    loader.put("utf16", f"id\n{PERSON}\n".encode("utf-16"))
    rejected = [
        json.dumps({"object": "x", "line": 2, "reason": "why", "row": f"7e18,{who},x"}) for who in ("ANN.B", "c")
    ]
    loader.store.put("quarantine/csv/x.jsonl", "\n".join(rejected).encode(), "application/jsonl")
    put_response(loader.store, f"{SNAPSHOT}/not-a-page-000004.json.gz", {"message": "private", "who": "ann.b"})
    put_response(loader.store, f"{SNAPSHOT}/page-000005.json.gz", web_page(web_row(OTHERS[0], uniqueId="ann.b")))
    places = tuple(all_places(loader.session, loader.store))
    made = write_archive(tmp_path / "x.zip", ANN, places, NOW)
    files = files_of(tmp_path / "x.zip")
    found: dict[str, list[str]] = {}
    for entry in files["csv.json"]:
        found.setdefault(Path(entry["source"]).stem, []).append(entry["content"])
    assert found == {name: lines for name, (_, lines) in FOREIGN.items()}
    assert [Path(one.source).stem for one in made.unread] == ["utf16"]
    assert [Path(one["source"]).name for one in files["responses.json"]] == ["not-a-page-000004.json.gz"]
    assert [one["content"] for one in files["quarantine.json"]] == [rejected[0]]


def test_texts_that_name_the_person_are_said_without_others(loader: Loader, tmp_path: Path) -> None:
    """Reasons and results of checks, with the row and the time; also where an ID is shortened."""
    loader.upload("one", line(OTHERS[0]))
    loader.load()
    loader.session.execute("UPDATE LOAD_HISTORY SET REASON = ?", [f"{OTHERS[0]} and {PERSON} are one"])
    loader.session.execute("UPDATE LOAD_BATCHES SET CHECKS = ?", [json.dumps(f"{PERSON[:4]}…{PERSON[-4:]} is")])
    loader.session.execute("UPDATE ACCOUNT_SNAPSHOTS SET OUTCOME_REASON = ?", [f"{OTHERS[0]} alone, and 1{PERSON}"])
    loader.store.put(PROGRESS_KEY, json.dumps({"offenders": [f"a row of {PERSON}"]}).encode(), "application/json")
    write_archive(tmp_path / "x.zip", ANN, tuple(all_places(loader.session, loader.store)), NOW)
    files = files_of(tmp_path / "x.zip")
    ((key, loaded_at),) = loader.session.query("SELECT OBJECT_KEY, LOADED_AT FROM LOAD_HISTORY")
    ((batch, staged_at),) = loader.session.query("SELECT BATCH_ID, STAGED_AT FROM LOAD_BATCHES")
    named = {name: content for name, content in files.items() if name != README}
    assert [(name, one["where"], one["at"], one["content"]) for name, ones in named.items() for one in ones] == [
        ("PUBLIC.LOAD_HISTORY.REASON.json", f"OBJECT_KEY {key}", f"{loaded_at.isoformat()}Z", None),
        ("PUBLIC.LOAD_BATCHES.CHECKS.json", f"BATCH_ID {batch}", f"{staged_at.isoformat()}Z", None),
        ("verification.json", "a mention; the object is about others, or of an unknown structure", ANY, None),
    ]


@pytest.mark.parametrize(
    ("handle", "name", "label"),
    [
        ("a/../../b", "person_a_.._.._b", "a/../../b"),
        ("x" * 300, f"person_{'x' * 60}", "x" * 300),
        ("n\0\x1b[2J\u202e", "person_n_x00_x1b_2J_u202e", r"n\x00\x1b[2J\u202e"),
        ("two\nlines", "person_two_nlines", r"two\nlines"),
        ("half\ud800", "person_half_ud800", r"half\ud800"),
    ],
)
def test_a_handle_names_no_folder_and_no_line(
    loader: Loader, tmp_path: Path, handle: str, name: str, label: str
) -> None:
    """Of someone without an ID, the handle names the file, and anyone may have made it up."""
    person = Person("", frozenset({handle}))
    assert (name_of(person), label_of(person)) == (name, label)
    row_without_id = json.dumps({"user": {"uniqueId": handle, "nickname": "half \ud83d"}})
    entry = {"object": "x", "row": 1, "reason": "why", "raw": row_without_id}
    loader.store.put(f"{RAW_QUARANTINE_PREFIX}x.jsonl", json.dumps(entry).encode(), "application/jsonl")
    write_archive(tmp_path / "x.zip", person, tuple(all_places(loader.session, loader.store)), NOW)
    files = files_of(tmp_path / "x.zip")
    assert [json.loads(one["content"]) for one in files["quarantine.json"]] == [entry]
    assert f"(seen as {label})." in files[README].splitlines()[0]


def test_the_command_writes_to_its_folder_whatever_the_handle_is(loader: Loader, tmp_path: Path) -> None:
    """And says the handle on one line."""
    entry = {"object": "x", "row": 1, "reason": "why", "raw": json.dumps({"uniqueId": "../a\nb"})}
    loader.store.put(f"{RAW_QUARANTINE_PREFIX}x.jsonl", json.dumps(entry).encode(), "application/jsonl")
    answer = export("--person", "../a\nb", "--out", str(tmp_path))
    assert answer.exit_code == 0, answer.output
    assert r"about ../a\nb: 1 in all." in answer.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["person_.._a_nb.zip"]


def test_lines_of_others_may_name_a_person_within_a_field(loader: Loader, tmp_path: Path) -> None:
    """In a formula or an address, and a handle in any case; not in a line about someone else."""
    loader.put("other", f'name,id\nx,"=""{PERSON}"""\n{OTHERS[0]},fan of {PERSON}\ny,see @A.handle\n'.encode())
    loader.put("ours", f"{line(PERSON, uniqueId='a.Handle')}\n".encode())
    files = archived(loader, PERSON, tmp_path / "x.zip")
    assert [(one["source"][-9:], one["where"]) for one in files["csv.json"]] == [
        ("other.csv", "line 2"),
        ("other.csv", "line 4"),
        ("/ours.csv", "line 1"),
    ]


def test_a_handle_that_names_no_single_user_is_refused(planted: Loader, tmp_path: Path) -> None:
    """Handles change hands, so the ID decides."""
    with told("This handle or secUid <whose>", "in no table"):
        identify(planted.session, planted.store, "nobody")
    planted.upload("later", line(OTHERS[0], uniqueId=f"handle.{PERSON}"), account="43")
    planted.load()
    with told("This handle or secUid <whose>", "belongs to 2 users"):
        identify(planted.session, planted.store, f"HANDLE.{PERSON}")


def export(*words: str) -> Result:
    """Run `tiktok-insights export` with words."""
    return CliRunner().invoke(main, ["export", *words])


def test_the_command_writes_the_archive(loader: Loader, tmp_path: Path) -> None:
    """It says how much was found and where the file is."""
    answer = export("--person", PERSON, "--out", str(tmp_path))
    path = tmp_path / f"person_{PERSON}.zip"
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.startswith(f"{path} has what ")
    assert zipfile.is_zipfile(path)
    assert export("--person", PERSON, "--out", str(tmp_path)).exit_code == 1


def test_what_could_not_be_read_is_named_and_fails_the_command(loader: Loader, tmp_path: Path) -> None:
    """The rest is in the archive."""
    loader.store.put(f"{SNAPSHOT}/page-000009.json.gz", b"\x1f\x8bdamaged", "application/gzip")
    loader.put("workbook", b"PK\x03\x04")
    answer = export("--person", PERSON, "--out", str(tmp_path))
    assert answer.exit_code == 1
    # The file is named after the ID that the user has typed.
    said = answer.stderr.removeprefix("Error: ").replace(PERSON, "ID")
    told("<number> could not be read, and may hold the person.").says(said)
    with zipfile.ZipFile(tmp_path / f"person_{PERSON}.zip") as archive:
        assert f"Could not be read:\n- {SNAPSHOT}/page-000009.json.gz: " in archive.read(README).decode()
        assert "workbook.csv: cannot be searched: the file is a ZIP" in archive.read(README).decode()


@pytest.mark.parametrize("words", [[], ["tiktok_data", "--person", "1"]])
def test_a_table_and_a_person_are_two_exports(environment: dict[str, str], words: list[str]) -> None:
    """One of the two must be named."""
    answer = export(*words)
    assert answer.exit_code == 2
    assert "Name either a table or mart, or a person with --person." in answer.output


def test_the_format_of_a_persons_data_is_not_a_choice(environment: dict[str, str]) -> None:
    """An option that would be ignored is refused."""
    answer = export("--person", "1", "--format", "xlsx")
    assert answer.exit_code == 2
    assert "--format is for tables and marts" in answer.output
