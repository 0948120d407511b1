"""`tiktok-insights retry-refused`: a fixed object gets another chance."""

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.tables.definitions import SCHEMA_VERSION
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.shared_warehouse import altered_tables, environment, loader, session, shared_database
from tiktok_insights_tests.support.troubleshooting import told

__all__ = ["altered_tables", "environment", "loader", "session", "shared_database"]

pytestmark = pytest.mark.commands

_KEY = "csv/followers/account=42/dt=2026-01-01/broken.csv"
_OTHER = "csv/followers/account=42/dt=2026-01-01/it's broken too.csv"
_BROKEN = csv_file(row("1", nickname='"open'))
_NEXT = "Now run:  tiktok-insights run --job load_pending_objects\n"


def load(loader: Loader, max_rejected_share: float = 0.01) -> None:
    """Stage and publish what is pending, if anything is."""
    loader.staging(max_rejected_share).stage(loader.listing())
    loader.publish()


def refused(loader: Loader) -> list[tuple[object, ...]]:
    """What the ledger says of refused objects."""
    return loader.rows("SELECT OBJECT_KEY FROM LOAD_HISTORY WHERE STATUS = 'refused' ORDER BY 1")


def retry(*words: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    answer = CliRunner().invoke(main, ["retry-refused", *words])
    return answer.exit_code, answer.output


def test_without_mending_an_object_is_refused_again(loader: Loader) -> None:
    """The command names the object and what to run next; that sets it aside again, as it is still broken."""
    loader.store.put(_KEY, _BROKEN, "text/csv")
    load(loader)
    assert refused(loader) == [(_KEY,)]
    assert retry() == (0, f"Will be retried: {_KEY}\n{_NEXT}")
    assert refused(loader) == []
    load(loader)
    assert refused(loader) == [(_KEY,)]


@pytest.mark.parametrize("address", ["{key}", "s3://{bucket}/{key}"])
def test_with_a_key_only_that_object_is_tried_again(loader: Loader, address: str) -> None:
    """By its key, or by its address as the run's log has it."""
    for key in (_KEY, _OTHER):
        loader.store.put(key, _BROKEN, "text/csv")
    load(loader)
    said = retry(address.format(bucket=loader.store.bucket, key=_OTHER))
    assert said == (0, f"Will be retried: {_OTHER}\n{_NEXT}")
    assert refused(loader) == [(_KEY,)]


def test_rows_that_were_too_few_load_with_a_higher_threshold(loader: Loader) -> None:
    """As the reason says: first the retry, then a run that lets more rejected rows pass."""
    loader.store.put(_KEY, csv_file(row("1"), row("x")), "text/csv")
    load(loader)
    ((reason,),) = loader.rows("SELECT REASON FROM LOAD_HISTORY")
    assert f"Or load the other rows: run tiktok-insights retry-refused {_KEY}, then a run with a higher" in str(reason)
    load(loader, max_rejected_share=0.5)
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
    assert retry(_KEY)[0] == 0
    load(loader, max_rejected_share=0.5)
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("1",)]
    assert refused(loader) == []


def test_a_mended_object_needs_no_retry(loader: Loader) -> None:
    """Its new version is loaded by the next run; what the ledger has of the broken one is not tried again."""
    loader.store.put(_KEY, _BROKEN, "text/csv")
    load(loader)
    loader.store.put(_KEY, csv_file(row("1")), "text/csv")
    load(loader)
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("1",)]
    assert retry() == (0, "No objects are refused.\n")
    assert retry(_KEY)[0] == 1
    assert refused(loader) == [(_KEY,)]


@pytest.mark.parametrize(
    ("output", "expected"), [("json", f'[{{"object": "{_KEY}"}}]\n'), ("csv", f"object\n{_KEY}\n")]
)
def test_programs_are_told_the_keys(loader: Loader, output: str, expected: str) -> None:
    """And nothing else."""
    loader.store.put(_KEY, _BROKEN, "text/csv")
    load(loader)
    assert retry("--format", output) == (0, expected)
    empty = {"json": "[]\n", "csv": "object\n"}
    assert retry("--format", output) == (0, empty[output])


def test_an_object_that_is_not_refused_is_an_error(loader: Loader) -> None:
    """Exit code 1, the key, and how to see what is refused; nothing changes."""
    loader.store.put(_KEY, _BROKEN, "text/csv")
    load(loader)
    code, said = retry("csv/other.csv")
    assert code == 1
    told("<object> is not refused. To list refused objects:", "csv/other.csv ").says(said.removeprefix("Error: "))
    assert refused(loader) == [(_KEY,)]


@pytest.mark.usefixtures("altered_tables")
def test_tables_that_drifted_are_an_error_message(loader: Loader) -> None:
    """The difference in a sentence, and no traceback."""
    loader.session.execute("ALTER TABLE LOAD_HISTORY DROP COLUMN REASON")
    answer = CliRunner().invoke(main, ["retry-refused"])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: In DB_")
    assert f"not the table of version {SCHEMA_VERSION}: column REASON (VARCHAR) is missing." in answer.output
