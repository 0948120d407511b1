"""Runs fail in every way there is, with people and secrets planted everywhere: neither is where it is not meant to be.

Messages of errors are in test_people_in_errors.py. That no secret is anywhere after a run that succeeds is in
test_secrets.py.
"""

import base64
import gzip
import io
import json
import random
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import duckdb
import pytest

from tiktok_insights.definitions import resources_for
from tiktok_insights.defs.alert_sensors import alert_sensor
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.settings.conftest import keys, rsa_key
from tiktok_insights_tests.support import disturbed_command
from tiktok_insights_tests.support.failing_faults import NOBODY, SOMEBODY, Fault, draw
from tiktok_insights_tests.support.failing_runs import FailingRuns, failing_runs
from tiktok_insights_tests.support.leaks import MEANT_FOR_PEOPLE, leaks_in, leaks_of_records, without_typed
from tiktok_insights_tests.support.private_keys import Written
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.signs import Signs
from tiktok_insights_tests.support.warm_start import warm_command

pytestmark = pytest.mark.people

__all__ = ["keys", "rsa_key"]

#: It loads everyone who waits, and clears up behind the runs that were killed.
_LAST = Fault("power bi", "wrong secret", "two handles")
#: Some of each source, and a run that is killed while it stages; the full campaign draws among all.
_FEW = (
    Fault("command", "by itself", words=("sql", f"SELECT CAST('{NOBODY}' AS INTEGER)")),
    Fault("job", "unknown", words=("forget_person", NOBODY)),
    Fault("echo", "names-are-numbers"),
    Fault("api", "401-invalid-key"),
    Fault("aws", "echo", "S3 PUT", 1),
    Fault("sql", "echo", "INSERT"),
    Fault("sql", "sigkill", "COPY"),
    Fault("sql", "echo", "", 0, ("export", "TIKTOK_DATA", "--out", "exports")),
    Fault("sql", "echo", "", 1, ("forget", SOMEBODY, "--yes")),
    _LAST,
)
_MANY = 300
#: What people then ask, who want to know why.
_COMMANDS = (("doctor", "--format", "json"), ("plan",), ("alert", "--test"))


@pytest.fixture
def runs(tmp_path: Path, keys: dict[str, Written]) -> Iterator[FailingRuns]:
    """A home in which runs fail."""
    signs = Signs(seed=17)
    with (
        warm_command(disturbed_command.__name__) as command,
        failing_runs(tmp_path, command, keys["RSA"], signs) as made,
    ):
        yield made


def alerts_about(runs: FailingRuns) -> list[bytes]:
    """Let the sensor tell of the runs; give what arrives."""
    with scripted(Reply()) as hook, dg.DagsterInstance.local_temp(str(runs.home / "dagster")) as instance:
        url = f"{hook.address}/{runs.signs.text('ALERT_WEBHOOK_URL')}"
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {
                **runs.variables(is_aws=False),
                "ALERT_SLACK_URL": "",
                "ALERT_WEBHOOK_URL": url,
            }.items():
                patch.setenv(name, value)
            made = resources_for(read_settings())
            resources = {name: made[name] for name in ("alerts", "glue_job")}
            with dg.build_sensor_context(instance, resources=resources) as context:
                alert_sensor(context)
    return [asked.body for asked in hook.asked]


def leaks_after(runs: FailingRuns) -> dict[str, set[str]]:
    """All that is where it is not meant to be, after the last run, which has loaded all who are looked for."""
    assert [*(runs.home / "temporary").iterdir()] == []
    for words in _COMMANDS:
        runs.ask(*words)
    found = {
        **leaks_in(runs.home, runs.signs, MEANT_FOR_PEOPLE),
        **leaks_in(runs.outputs, runs.signs),
        **leaks_of_records(runs.settings, runs.store(), runs.signs),
    }
    return without_typed(found, runs.typed)


def test_a_few_failing_runs_leave_no_one_and_no_key_where_they_are_not_meant_to_be(runs: FailingRuns) -> None:
    """What is then planted in the bucket's metadata, a table of runs, a page and a log, is found by the same search."""
    dice = random.Random(17)  # noqa: S311  # not for secrets
    failed = [fault for fault in _FEW if runs.run(fault, dice)]
    assert failed == [*_FEW]
    assert runs.sign_ins == 1
    assert (alerts := alerts_about(runs))
    assert runs.signs.found_in(b"\n".join(alerts)) == set()
    assert leaks_after(runs) == {}
    assert {what.partition(" ")[0] for what in everyone_in_the_bucket(runs)} >= {"user", "file"}
    person, key = runs.signs.text("user planted"), runs.signs.text("AWS_SECRET_ACCESS_KEY")
    runs.store().put_once("raw/planted.json", key.encode(), "application/json", {"who": person})
    with open_session(runs.settings.snowflake, "test") as session:
        session.execute("UPDATE LOAD_HISTORY SET REASON = ?", [f"{person[:10]} is wrong"])
    (runs.home / "dagster" / "planted.log").write_text(person, encoding="utf-8")
    found = {
        **leaks_in(runs.home, runs.signs, MEANT_FOR_PEOPLE),
        **leaks_of_records(runs.settings, runs.store(), runs.signs),
    }
    assert {"the metadata of raw/planted.json", "the table LOAD_HISTORY", "dagster/planted.log"} < found.keys()
    assert {"AWS_SECRET_ACCESS_KEY"} in found.values()
    kept = set[str]().union(*(what for part in ("aws/services", "snowflake") for what in kept_in(runs, part)))
    assert kept >= {"SUPPRESSION_KEY", "READER_KEY inner", "READER_KEY outer"}


def kept_in(runs: FailingRuns, part: str) -> Iterable[set[str]]:
    """What a part of the local stack holds, by its files."""
    return leaks_in(runs.home / ".local" / "stack" / part, runs.signs).values()


def everyone_in_the_bucket(runs: FailingRuns) -> set[str]:
    """Whose values are there."""
    found: set[str] = set()
    for info in runs.store().list(""):
        body = runs.store().get(info.key).body
        found |= runs.signs.found_in(gzip.decompress(body) if info.key.endswith(".gz") else body)
    return found


@pytest.mark.full
def test_three_hundred_failing_runs_leave_no_one_and_no_key_where_they_are_not_meant_to_be(runs: FailingRuns) -> None:
    """Each has a fault that is drawn again; what does not fail does not count."""
    dice = random.Random(18)  # noqa: S311  # not for secrets
    faults = [draw(dice) for _ in range(3 * _MANY)]
    failed = 0
    for fault in faults:
        failed += failed < _MANY - 1 and runs.run(fault, dice)
    assert failed == _MANY - 1
    assert runs.run(_LAST, dice)
    assert leaks_after(runs) == {}


def in_sqlite(text: str) -> bytes:
    """A database with the text in the middle of a value that is on several pages."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE event_logs (event TEXT, body BLOB)")
        values = (f"{'a' * 9_000}{text}{'b' * 9_000}", zlib.compress(text.encode()))
        database.execute("INSERT INTO event_logs VALUES (?, ?)", values)
        database.commit()
        return bytes(database.serialize())


def in_zip(text: str) -> bytes:
    """A zip file with the text in a file."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("page.json", text)
    return body.getvalue()


def in_parquet(text: str, folder: Path) -> bytes:
    """A Parquet file with the text as a value."""
    duckdb.sql(f"COPY (SELECT '{text}' AS who) TO '{folder / 'made.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
    return (folder / "made.parquet").read_bytes()


@pytest.mark.parametrize("kind", ["text", "ID", "secret"])
def test_the_search_finds_a_value_in_every_form(kind: str, tmp_path: Path) -> None:
    """Packed, encoded, escaped, in capitals, or in half; what is like a value and is none is not found."""
    signs = Signs()
    what = {"text": "user 1 nickname", "ID": "user 1 id", "secret": "SNOWFLAKE_PRIVATE_KEY, line 3"}[kind]
    value = signs.number(what) if kind == "ID" else signs.text(what) if kind == "text" else signs.own(what, "k" * 64)
    forms: dict[str, bytes] = {
        "plain": f"The row of {value}.".encode(),
        "json": json.dumps({"who": f'"{value}"\n'}).encode(),
        "url": quote(f"/users/{value}?x=ü").encode(),
        "repr": repr({"who": (value, b"1")}).encode(),
        "utf-16": value.encode("utf-16-le"),
        "gzip in a pickle": b"\x80\x04" + gzip.compress(value.encode()) + b".",
        "zip": in_zip(value),
        "parquet": in_parquet(value, tmp_path),
        "sqlite": in_sqlite(value),
        "zlib": b"head" + zlib.compress(value.encode()),
    }
    if kind == "text":
        forms |= {f"base64 at {shift}": base64.b64encode(b"x" * shift + value.encode()) for shift in range(3)}
        forms |= {"hexadecimal": value.encode().hex().encode(), "capitals": value.upper().encode()}
        forms |= {"first half": f"{value[:10]}...".encode(), "second half": f"...{value[10:]}".encode()}
    if kind == "ID":
        forms |= {"as a float": repr(float(value)).encode(), "cut off": value[:13].encode()}
    searched = tmp_path / "searched"
    searched.mkdir()
    for name, body in forms.items():
        (searched / name).write_bytes(body)
    (searched / "nothing").write_text("zq7x 1764323847123 74209130123", encoding="utf-8")
    assert leaks_in(searched, signs) == {name: {what} for name in forms}
    assert leaks_in(searched, signs, {"": "meant"}) == ({} if kind != "secret" else {name: {what} for name in forms})
