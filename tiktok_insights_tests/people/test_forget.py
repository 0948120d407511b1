"""The whole command: nobody who was removed is anywhere on the disk, everyone else is as before.

What looks for them knows nothing of the places that the command knows.
"""

import dataclasses
import gzip
import io
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.dashboard.making import make_page
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path, upload_page, write_page
from tiktok_insights.definitions import defs
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CSV_PREFIX, CsvInventory, csv_key
from tiktok_insights.local import stack
from tiktok_insights.people.forget import forget as forget_person
from tiktok_insights.progress import SILENT
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.forgetting import open_reach
from tiktok_insights.resources.opening import aws_client, open_bucket, open_session
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, ALL, FOLLOWER_SNAPSHOTS, PUBLISH_LOCK
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.planted_people import COMMITTED, FOREIGN, PLAIN, REFUSED, Planted, World, world
from tiktok_insights_tests.support.scanner import scan

pytestmark = pytest.mark.people

#: Tables that say what runs did, and not whom there is.
_OF_RUNS = ("LOAD_BATCHES", "LOAD_HISTORY", PUBLISH_LOCK.name)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home of the test's own, and a temporary folder in it."""
    set_environment(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home" / "dagster"))
    (tmp_path / "home" / "temporary").mkdir()
    (tmp_path / "home" / "dagster").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home" / "temporary"))
    yield read_settings()
    stack.stop(tmp_path / "home")


@contextmanager
def opened(settings: Settings) -> Iterator[Loader]:
    """The bucket and the warehouse, until the stack is stopped."""

    def connect() -> AbstractContextManager[Session]:
        return open_session(settings.snowflake, "test")

    with connect() as session:
        yield Loader(open_bucket(settings.s3), session, connect)


def fill(settings: Settings, people: World) -> None:
    """Plant everyone, load all that can be loaded, make marts and dashboard, and let logs speak."""
    with opened(settings) as loader:
        people.plant(loader.store)
        ensure_tables(loader.session)
        loader.load()
        marts = Marts(loader.session)
        for mart in all_marts():
            marts.make(mart)
        page = make_page(loader.session, settings.dashboard).page
        upload_page(loader.store, page)
        write_page(dashboard_path(settings.home), page)
    log = settings.dagster_home / "storage" / "run" / "compute_logs" / "step.err"
    log.parent.mkdir(parents=True)
    log.write_text("".join(map(said, (*people.gone, *people.others))), encoding="utf-8")


def said(person: Planted) -> str:
    """What a log says of someone: of whom the bucket has one name alone, a message can have no other."""
    names = {2: (person.handle, person.sec_uid), 4: (person.tiktok_id,), 22: (person.handle,)}
    return f"The row of {', '.join(names.get(person.number, (person.tiktok_id, person.handle, person.sec_uid)))}\n"


def bodies(store: ObjectStore) -> dict[str, bytes]:
    """Every object's body, unpacked."""
    found = {info.key: store.get(info.key).body for info in store.list("")}
    return {key: gzip.decompress(body) if key.endswith(".gz") else body for key, body in found.items()}


def rows_of_people(loader: Loader) -> dict[str, list[Row]]:
    """Every row of the tables that are about users or accounts, each with the user's ID before it."""
    found = {}
    for table in ALL:
        if table.name not in _OF_RUNS:
            who = "TIKTOK_ID" if "TIKTOK_ID" in table.names else "NULL"
            rows = loader.rows(f"SELECT {who} AS WHO, * FROM {loader.session.namespace.name_of(table)}")
            found[table.name] = sorted(rows, key=repr)
    return found


def without(rows: dict[str, list[Row]], people: Sequence[Planted]) -> dict[str, list[Row]]:
    """The rows of everyone else; a list from another source counts who is left on it."""
    ids = {person.tiktok_id for person in people}
    left = {name: [row for row in found if row[0] not in ids] for name, found in rows.items()}
    snapshots, users = ACCOUNT_SNAPSHOTS.names, FOLLOWER_SNAPSHOTS.names
    counts = Counter(dict(zip(users, row[1:], strict=True))["OBJECT_KEY"] for row in left[FOLLOWER_SNAPSHOTS.name])
    for number, (who, *values) in enumerate(left[ACCOUNT_SNAPSHOTS.name]):
        row = dict(zip(snapshots, values, strict=True))
        if row["STARTED_AT"] is None:
            row["USERS_SEEN"] = counts[row["OBJECT_KEY"]]
        left[ACCOUNT_SNAPSHOTS.name][number] = (who, *row.values())
    return left


def texts_of(people: Sequence[Planted]) -> set[str]:
    """All that nobody else has."""
    return {text for person in people for text in person.texts}


def command(*words: str) -> Result:
    """Run `tiktok-insights forget` with words."""
    return CliRunner().invoke(main, ["forget", *words])


def removed(settings: Settings, out: Path, *words: str) -> dict[str, Any]:
    """Let the command succeed, and give its receipt; neither this nor what it prints names anyone."""
    before = set(out.glob("*.json"))
    answer = command(*words, "--yes", "--out", str(out))
    assert answer.exit_code == 0, answer.output
    (path,) = set(out.glob("*.json")) - before
    said = answer.output + "".join(each.read_text(encoding="utf-8") for each in out.iterdir())
    people = world()
    assert [text for text in texts_of([*people.gone, *people.others]) if text in said] == []
    assert not (settings.home / "forget" / "unfinished.json").exists()
    return dict(json.loads(path.read_text(encoding="utf-8")))


def removed_by_job(settings: Settings, reference: str, *, is_account: bool = False) -> dict[str, Any]:
    """Let the job of the UI succeed, with its records in the home, and give the receipt."""
    job = defs().resolve_job_def("forget_person")
    config = {"reference": reference, "is_account": is_account}
    with dg.DagsterInstance.get() as instance:
        assert job.execute_in_process({"ops": {"forget": {"config": config}}}, instance=instance).success
    *_, path = sorted((settings.home / "receipts").glob("*.json"))
    return dict(json.loads(path.read_text(encoding="utf-8")))


class CutOffError(BaseException):
    """The end of a process."""


def cut_off(settings: Settings, reference: str) -> None:
    """Begin a removal of someone, which dies before it erases anything."""

    def die() -> None:
        raise CutOffError

    reach = dataclasses.replace(open_reach(settings, SILENT, logging.getLogger("test")), lock=die)  # type: ignore[arg-type]
    with pytest.raises(CutOffError):
        forget_person(reach, reference)


def names_for(people: World) -> Iterator[tuple[Planted, str]]:
    """A kind of name for each, by turns."""
    for number, person in enumerate(people.gone):
        names = (person.tiktok_id, f"@{person.handle.upper()}", person.sec_uid, person.handle)
        yield person, names[0 if person.number in (4, 7) else 1 if person.number in (2, 20, 22) else number % 4]


def test_nobody_who_was_removed_is_anywhere_and_everyone_else_is_as_before(own: Settings, tmp_path: Path) -> None:
    """Twenty-two people by every kind of name, by the job and by two commands; a third finds nothing, nor --verify.

    In the end the job removes an account, too.
    """
    people, out = world(), tmp_path / "receipts"
    fill(own, people)
    gone, others = texts_of(people.gone), texts_of(people.others)
    # Of three people, the bucket has one or two names alone.
    assert len((gone | others) - set().union(*scan(own.home, gone | others).values())) == 5
    with opened(own) as loader:
        before, rows = bodies(loader.store), rows_of_people(loader)
    names = list(names_for(people))

    # One alone, and everyone else in one: twenty-one removals were cut off, and are finished without a name.
    first = people.gone[:1]
    assert removed_by_job(own, names[0][1])["is_complete"]
    assert scan(own.home, texts_of(first)) == {}
    with opened(own) as loader:
        assert rows_of_people(loader) == without(rows, first)
    for _, name in names[1:]:
        cut_off(own, name)
    finished = removed(own, out)
    assert finished["is_complete"]
    counts = {place["place"]: place["copies"] for place in finished["found"]}
    left, table = without(rows, people.gone), "TIKTOK_DATA"
    assert counts[f"PUBLIC.{table}"] == len(without(rows, first)[table]) - len(left[table])
    assert_only_others_are_left(own, people, before, rows)

    again = removed(own, out, names[5][0].tiktok_id)
    assert [place for place in again["found"] if place["copies"]] == []
    receipt = str(next(out.glob("*.json")))
    assert command("--verify", receipt).exit_code == 0
    assert_no_one_comes_back(own, people, before, out)

    assert removed_by_job(own, COMMITTED[0].account_id, is_account=True)["is_complete"]
    with opened(own) as loader:
        account = f"account={COMMITTED[0].account_id}/"
        assert [info.key for info in loader.store.list("") if account in info.key] == []
        assert loader.rows("SELECT COUNT(*) > 0 FROM TIKTOK_DATA") == [(True,)]


def assert_only_others_are_left(
    settings: Settings, people: World, before: dict[str, bytes], rows: dict[str, list[Row]]
) -> None:
    """On the disk, in each object to the byte, and in each table to the row."""
    gone, others = texts_of(people.gone), texts_of(people.others)
    assert scan(settings.home, gone) == {}
    assert set().union(*scan(settings.home, others).values()) == others
    with opened(settings) as loader:
        after = bodies(loader.store)
        assert rows_of_people(loader) == without(rows, people.gone)
        keys = [csv_key(snapshot) for snapshot in COMMITTED]
        for key in people.pages:
            assert after[key] == people.page_without(key), key
        for key in (*keys, PLAIN, FOREIGN, REFUSED):
            assert after[key].splitlines(keepends=True) == people.lines_without(before[key]), key
        # A CSV that is rendered again from the pages is the one that was cut.
        for key in keys:
            loader.store.delete(key)
        list(write_missing_csvs(RawStore(loader.store), CsvInventory(loader.store), 1.0))
        assert {key: bodies(loader.store)[key] for key in keys} == {key: after[key] for key in keys}
        assert loader.store.exists(DASHBOARD_KEY)


def assert_no_one_comes_back(settings: Settings, people: World, before: dict[str, bytes], out: Path) -> None:
    """By an old file under another key, as a multipart upload, over the new one, or by an old page that is replayed."""
    page = COMMITTED[0].page(1)
    with opened(settings) as loader:
        loader.put("again", before[PLAIN])
        upload_in_parts(settings, f"{CSV_PREFIX}account=47/dt=2026-01-31/parts.csv", before[csv_key(COMMITTED[0])])
        put_over(loader.store, PLAIN, before[PLAIN])
        put_over(loader.store, page, gzip.compress(before[page], mtime=0))
        engine = LocalEngine(loader.store, loader.session, open_suppression(settings.s3, loader.store).read())
        list(Staging(loader.store, loader.session, 1.0, loader.log, engine=engine).stage(loader.listing()))
        loader.publish()
        (suppressed,) = loader.rows("SELECT SUM(ROWS_SUPPRESSED) FROM LOAD_HISTORY")
        assert suppressed > (0,)
        assert loader.rows(
            "SELECT COUNT(*) FROM LOAD_HISTORY "
            "WHERE ROWS_IN <> ROWS_STAGED + ROWS_DUPLICATE + ROWS_REJECTED + ROWS_SUPPRESSED"
        ) == [(0,)]
        found = rows_of_people(loader)
        assert found == without(found, people.gone)
    counts = {one["place"]: one["copies"] for one in removed(settings, out)["found"] if one["copies"]}
    assert counts.keys() == {"responses", "csv"}
    assert scan(settings.home, texts_of(people.gone)) == {}


def put_over(store: ObjectStore, key: str, body: bytes) -> None:
    """Put a body over an object, as whoever has an old copy does."""
    info = store.info(key)
    assert info
    store.replace(info, io.BytesIO(body), "text/csv", store.get(key).metadata)


def upload_in_parts(settings: Settings, key: str, body: bytes) -> None:
    """Upload an object in parts, so that its ETag is not its MD5."""
    s3, bucket = aws_client("s3", settings.s3), settings.s3.bucket
    upload = {"Bucket": bucket, "Key": key}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=body)
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
