"""Any number of rows needs the same memory: exports of many rows, in processes whose memory is measured."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tiktok_insights.clients.snowflake_session import Session

pytestmark = pytest.mark.commands

#: Chunks of the connector, and what the libraries keep. In Python, the rows of 300,000 users alone take 140 MB.
_SMALL = 100 * 2**20
#: DuckDB may have 175 MB besides.
_DUCKDB = 275 * 2**20
_SCRIPT = """
import json, resource, sys
from pathlib import Path
from tiktok_insights.exports.exporting import export
from tiktok_insights.exports.sources import find_source
from tiktok_insights.exports.target import FileFormat
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import read_settings

folder, form = Path(sys.argv[1]), FileFormat(sys.argv[2])
settings = read_settings().snowflake
with open_session(settings, "export") as session:
    export(session, find_source("LOAD_BATCHES", settings.namespace), form, folder / "small")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = export(session, find_source("TIKTOK_DATA", settings.namespace), form, folder / "large")
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([made.rows, growth]))
"""


@pytest.mark.parametrize(
    ("form", "rows", "most_growth"),
    [
        ("csv", 300_000, _SMALL),
        pytest.param("xlsx", 1_000_000, _SMALL, marks=pytest.mark.full),
        pytest.param("parquet", 1_000_000, _DUCKDB, marks=pytest.mark.full),
    ],
)
def test_the_memory_of_an_export_does_not_grow_with_its_rows(
    session: Session, tmp_path: Path, form: str, rows: int, most_growth: int
) -> None:
    """The peak of a process that exports so many users is hardly above that of one that exports none."""
    session.execute(
        "INSERT INTO TIKTOK_DATA (TIKTOK_ID, USER_NAME, NICK_NAME, PRIVATE_ACCOUNT, HEART_COUNT, EXTRACTED_AT) "
        "SELECT CAST(7420366745511658149 + n AS VARCHAR), 'user_' || n, 'A nickname of usual length ' || n, "
        "TRUE, n, TO_TIMESTAMP_NTZ('2026-01-31 12:00:00') "
        f"FROM (SELECT SEQ8() AS n FROM TABLE(GENERATOR(ROWCOUNT => {rows})))"
    )
    command = [sys.executable, "-c", _SCRIPT, str(tmp_path), form]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)  # noqa: S603 - ours
    assert answer.returncode == 0, answer.stderr
    written, kilobytes = json.loads(answer.stdout)
    assert written == rows
    assert kilobytes * 1024 < most_growth
