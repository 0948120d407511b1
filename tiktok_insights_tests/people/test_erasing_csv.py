"""CSVs after someone is erased: her lines are gone whole, and every other byte is as it was."""

import json
from pathlib import Path

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.people.erasing.bucket_csv import PreparedCsv, clean_csv_quarantine, prepare_csvs
from tiktok_insights.people.erasing.bucket_work import clean_work
from tiktok_insights.staging.content import KnownContents, known_contents
from tiktok_insights.staging.glue.exchange import result_key
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.suppression.hashes import NOBODY
from tiktok_insights.warehouse.verification import PROGRESS_KEY
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.removed_people import (
    ANN,
    HANDLE,
    OLD_HANDLE,
    OTHERS,
    REMOVED,
    SEC_UID,
    DyingStore,
    KilledError,
    held,
)
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

_SIGN = "the person"
_NO_LINES, _LONG_LINE = told("cannot be searched: <kind>"), told("has a line of more than <number> bytes")
_OTHERS = [row(one, uniqueId=OLD_HANDLE, nickname=f'"{ANN}, ""x"""', videoCount=ANN[:9]) for one in OTHERS]


def her(tiktok_id: str = ANN, **texts: str) -> str:
    """A line of hers; no other line has the sign on it."""
    return row(tiktok_id, **{"nickname": _SIGN, **texts})


#: Files with her, of which other lines must keep their bytes.
FILES: dict[str, bytes] = {
    "ours": csv_file(*_OTHERS[:2], her(), *_OTHERS[2:]),
    "bom": b"\xef\xbb\xbf" + csv_file(her(), *_OTHERS, her(), end="\n"),
    "quoted": csv_file(*_OTHERS, her(f'"{ANN}"', nickname=f'"{_SIGN}, ""the"""')),
    "of 14 columns": csv_file(row_of_14("5"), row_of_14(ANN, nickname=_SIGN), row_of_14("6"), header=HEADER_14),
    "nobody else": csv_file(her()),
    "no end": csv_file(*_OTHERS, her()).removesuffix(b"\r\n"),
    "no end of another": csv_file(her(), *_OTHERS).removesuffix(b"\r\n"),
    "invalid": csv_file(*_OTHERS).replace(b"p16", b"\xff\xfe", 1) + her(uniqueId="X").encode().replace(b"X", b"\xff"),
    "nul": csv_file(row("8", nickname="a\0b"), her(f"{ANN}\0"), her(nickname=f"{_SIGN}\0")),
    "rejected": csv_file(row("x"), her(), "too,few", her("no ID", uniqueId=HANDLE.upper()), row("y"), *_OTHERS[:1]),
    "twice": csv_file(row("3"), row("3"), her(), her(uniqueId="new"), row("4", diggCount="-1")),
    "an open quote": csv_file(*_OTHERS, her(), row("11", nickname='"open'), row("12")),
    "a long field": csv_file(row("bad", nickname="x" * 200_000), her(), *_OTHERS),
    "foreign": f"rank;id;name\n1;{ANN};{_SIGN}\n2;{OTHERS[0]};x\n".encode(),
    "foreign handle": f"name\tlink\n{_SIGN}\t@{HANDLE}\nelse\t@someone\n".encode(),
    "foreign secUid": f"a,b\r{_SIGN},{SEC_UID}\rx,MS4wLjABAAAAbob\r".encode(),
    "foreign formula": f'name,number\n{_SIGN},"=""{ANN}"""\nx,"=""{OTHERS[0]}"""\n'.encode(),
    "foreign address": f"{_SIGN},https://tiktok.example/@{HANDLE.upper()}/video/{OTHERS[0]}?x\nx,@{HANDLE}.shop\n".encode(),
    "formulas": csv_file(her(f'"=""{ANN}"""', uniqueId="new"), row("8")),
    "no header": f"{ANN},{_SIGN}\n{OTHERS[1]},{HANDLE}\n".encode(),
    "two lines": f'id,bio\n{ANN},"{_SIGN}\n{_SIGN}, too"\n{OTHERS[1]},"a\nb"\n'.encode(),
}
#: Files that must stay as they are.
STAY: dict[str, bytes] = {
    "nothing of hers": csv_file(*_OTHERS),
    "foreign, another's": f"id,name,friend\n{OTHERS[1]},{HANDLE},{ANN}\n7,a,149\n".encode(),
    "foreign, a mail address": f"name,mail\nx,x@{HANDLE}\ny,@{HANDLE}s\n".encode(),
    "empty": b"",
}


def bare(body: bytes) -> bytes:
    """The file without each line that has the sign, told without the code under test."""
    return b"".join(line for line in body.splitlines(keepends=True) if _SIGN.encode() not in line)


def test_only_her_lines_are_cut(loader: Loader, tmp_path: Path) -> None:
    """Whatever the file; what it says of the object is what a load says of the same file without these lines."""
    store = loader.store
    keys = {loader.put(name, body): bare(body) for name, body in FILES.items()}
    for name, body in STAY.items():
        loader.put(name, body)
    prepared = prepare_csvs(store, REMOVED, tmp_path)
    assert prepared.unread == ()
    assert {csv.key for csv in prepared.csvs} == keys.keys()
    assert prepared.cleaned.sources == len(FILES)
    for csv in prepared.csvs:
        info = csv.put()
        assert store.get(csv.key).body == keys[csv.key], csv.key
        assert (info.size, csv.size) == (len(keys[csv.key]), len(keys[csv.key]))
        assert csv.put() == info, "it is written once"
    for name, body in STAY.items():
        assert store.get(f"csv/followers/account=42/dt=2026-01-31/{name}.csv").body == body
    measured = {csv.key: (csv.counts, csv.id_sums) for csv in prepared.csvs}
    quarantine = {info.key: store.get(info.key).body for info in store.list("quarantine/")}
    items = [item for item in loader.listing().objects if item.info.key in keys]
    for outcome in LocalEngine(store, loader.session).stage("batch", items, KnownContents({}, {})):
        assert isinstance(outcome, StagedObject)
        key = outcome.item.info.key
        assert measured.pop(key) == (outcome.counts, outcome.id_sums), key
    assert measured == {}
    assert quarantine == {info.key: store.get(info.key).body for info in store.list("quarantine/")}
    assert len(quarantine) == 2
    assert prepare_csvs(store, REMOVED, tmp_path / "again").cleaned.sources == 0


def test_type_and_metadata_stay(loader: Loader, tmp_path: Path) -> None:
    """And the metadata say which content it replaces, by which a load knows it again."""
    key = loader.put("list", FILES["ours"])
    loader.load()
    before = loader.store.info(key)
    assert before
    ((first_modified, sha256),) = loader.rows("SELECT FIRST_MODIFIED, CONTENT_SHA256 FROM LOAD_HISTORY")
    contents = known_contents(loader.session, [key])
    (csv,) = prepare_csvs(loader.store, REMOVED, tmp_path, contents=contents).csvs
    assert (csv.old, csv.old_sha256, csv.removed) == (before, sha256, 1)
    csv.put()
    found = held(loader.store)[key]
    assert (found.content_type, found.metadata) == ("text/csv", (("replaces", sha256),))
    known = KnownContents({(key, sha256): first_modified.replace(tzinfo=before.last_modified.tzinfo)}, {key: sha256})
    (again,) = prepare_csvs(loader.store, REMOVED, tmp_path / "again", contents=known).csvs
    assert (again.removed, again.old_sha256, again.new_sha256) == (0, sha256, csv.new_sha256)
    assert (again.counts, again.id_sums) == (csv.counts, csv.id_sums)
    assert again.put() == loader.store.info(key)
    loader.load()
    assert loader.rows("SELECT DISTINCT FIRST_MODIFIED FROM LOAD_HISTORY WHERE STATUS = 'loaded'") == [
        (first_modified,)
    ]
    now = known_contents(loader.session, [key])
    assert prepare_csvs(loader.store, REMOVED, tmp_path / "known", contents=now).csvs == ()


def test_a_run_that_dies_at_a_csv_is_finished_by_the_next(
    store: ObjectStore, connections: Connections, tmp_path: Path
) -> None:
    """What was written before is found written; what was not is cut again."""
    dying = DyingStore(boto3.client("s3", **connections.aws), store.bucket)
    keys = [f"csv/followers/account=42/dt=2026-01-31/{name}.csv" for name in ("ours", "rejected")]
    for number, dies_after in ((0, True), (1, False)):
        for key in keys:
            store.put(key, FILES[key.rpartition("/")[2].removesuffix(".csv")], "text/csv")
        dying.writes, dying.dies_at, dying.dies_after = 0, number, dies_after
        run = tmp_path / f"{number}{dies_after}"
        cut = prepare_csvs(dying, REMOVED, run).csvs
        with pytest.raises(KilledError):
            _put(*cut)
        _put(*prepare_csvs(store, REMOVED, run / "again").csvs)
        for key in keys:
            assert store.get(key).body == bare(FILES[key.rpartition("/")[2].removesuffix(".csv")])
        assert len(list(store.list("quarantine/"))) == 1


def _put(*csvs: PreparedCsv) -> None:
    for csv in csvs:
        csv.put()


def test_an_object_that_changes_meanwhile_is_not_written_over(loader: Loader, tmp_path: Path) -> None:
    """It is someone's new upload."""
    key = loader.put("list", FILES["ours"])
    (csv,) = prepare_csvs(loader.store, REMOVED, tmp_path).csvs
    loader.put("list", FILES["twice"])
    with pytest.raises(ObjectChangedError):
        csv.put()
    assert loader.store.get(key).body == FILES["twice"]


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08", b'[{"id": "1"}]', b"\xff\xfea", b"x" * 8_000_001])
def test_a_file_without_lines_is_named(loader: Loader, tmp_path: Path, body: bytes) -> None:
    """It may hold her; the others are cut."""
    key = loader.put("odd", body)
    loader.put("list", FILES["ours"])
    prepared = prepare_csvs(loader.store, REMOVED, tmp_path)
    assert [one.source for one in prepared.unread] == [key]
    assert len(prepared.csvs) == 1
    (_LONG_LINE if len(body) > 100 else _NO_LINES).says(prepared.unread[0].reason)


def test_the_quarantine_loses_her_lines(loader: Loader) -> None:
    """The entries of others keep their bytes."""
    loader.put("list", FILES["rejected"])
    loader.load()
    (info,) = loader.store.list("quarantine/")
    lines = loader.store.get(info.key).body.splitlines(keepends=True)
    assert any(HANDLE.upper() in json.loads(line)["row"] for line in lines)
    assert clean_csv_quarantine(loader.store, NOBODY).sources == 0
    cleaned = clean_csv_quarantine(loader.store, REMOVED)
    assert (cleaned.sources, cleaned.copies, cleaned.unread) == (1, 1, ())
    kept = b"".join(line for line in lines if HANDLE.upper() not in json.loads(line)["row"])
    assert loader.store.get(info.key).body == kept
    assert info.key == quarantine_key(loader.listing().objects[0].info.key, loader.listing().objects[0].info.etag)
    assert clean_csv_quarantine(loader.store, REMOVED).sources == 0


def test_notes_of_runs_go_where_they_tell_of_people(store: ObjectStore) -> None:
    """Results of Glue jobs have sums over IDs; a verification may have named someone."""
    store.put(result_key("batch"), b"{}", "application/json")
    store.put(PROGRESS_KEY, json.dumps({"offenders": []}).encode(), "application/json")
    assert clean_work(store, REMOVED).sources == 1
    store.put(PROGRESS_KEY, json.dumps({"offenders": ["7423"]}).encode(), "application/json")
    assert clean_work(store, REMOVED).sources == 1
    assert list(store.list("")) == []
