"""`tiktok-insights run`: what a person sees at a terminal, and what a program reads."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tiktok_insights.local import stack
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.terminals import at_a_terminal
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.commands

_GREEN_DONE = "\x1b[32mDone\x1b[0m in "


@pytest.fixture
def own_home(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with nothing in it, whose API is slow enough for a bar to be seen."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_HOME", str(tmp_path))
    monkeypatch.setenv("SNOWFLAKE_DATABASE", "AMAZON_DB")
    monkeypatch.setenv("TIKTOK_REQUESTS_PER_MINUTE", "600")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    yield tmp_path
    stack.stop(tmp_path)


def own_query_prints_ten_rows(seen: str) -> bool:
    """Type the summary's Query line in a shell that does not have the environment's commands."""
    found = re.search(r"^Query:  (.*?)\r?$", seen, re.MULTILINE)
    assert found, seen
    typed = {**os.environ, "PATH": os.defpath}
    answer = subprocess.run(  # noqa: S602  # what the summary tells people to type
        found[1], shell=True, env=typed, capture_output=True, text=True, timeout=60, check=True
    )
    return answer.stdout.endswith("\n10 rows\n")


def test_a_person_sees_bars_and_colours_and_a_program_one_object(own_home: Path, warm_cli: Path) -> None:
    """The same run once at a terminal, then again as JSON, whose snapshot is fresh."""
    asked = ("run", "--account", "fake.600.full")
    code, seen = at_a_terminal([sys.executable, "-m", "tiktok_insights.cli", *asked], seconds=300)
    assert code == 0, seen
    for words in ("tiktok_pipeline", "of 600 users", "━", _GREEN_DONE, "600 users seen of 600 claimed"):
        assert words in seen, seen
    assert own_query_prints_ten_rows(seen)
    # DuckDB prints what was not freed when the process ends.
    assert "leaked" not in seen

    code, seen = at_a_terminal([str(warm_cli), *asked, "--format", "json"], 300, NO_COLOR="1", CI="1")
    assert code == 0, seen
    # At a terminal both streams are seen.
    (line,) = (line for line in seen.splitlines() if line.startswith("{"))
    document = json.loads(line)
    assert "raw_followers  fake.600.full: reused the fresh snapshot of " in seen
    assert "end of the list" not in seen
    assert "━" not in seen
    assert "\x1b" not in seen
    assert (document["succeeded"], document["requests"], document["rows"]) == (True, 0, 600)
    assert (document["table"], document["failures"]) == ("AMAZON_DB.PUBLIC.TIKTOK_DATA", [])
    assert [(account["account"], account["outcome"]) for account in document["accounts"]] == [
        ("fake.600.full", "whole")
    ]
    assert {check["passed"] for check in document["checks"]} == {True}

    # What the UI's page of the job asks for, where such a run would be missing: dagster-io/dagster#17707.
    label = {".dagster/repository": "__repository__@tiktok_insights.definitions"}
    with dg.DagsterInstance.from_config(str(read_settings().dagster_home)) as instance:
        runs = instance.get_runs(dg.RunsFilter(job_name="tiktok_pipeline", tags=label))
    assert document["run_id"] in {run.run_id for run in runs}
    assert len(runs) == 2


def test_a_run_that_fails_ends_with_1_and_says_so_in_red(own_home: Path, warm_cli: Path) -> None:
    """With the reason, and no traceback."""
    code, seen = at_a_terminal([str(warm_cli), "run", "--account", "nobody.here"], seconds=300)
    assert code == 1
    assert "\x1b[31m\x1b[1mFAILED\x1b[0m in " in seen
    assert "None of 1 accounts could be extracted. nobody.here: not found" in seen
    assert "Traceback" not in seen
    assert not re.search("^(Look|Query|Stop):", seen, re.MULTILINE)


def test_ctrl_c_ends_a_run_with_a_sentence(own_home: Path) -> None:
    """A terminal sends it to all processes of the run; none of them answers with a traceback."""
    said = own_home / "said.txt"
    command = [sys.executable, "-m", "tiktok_insights.cli", "run"]
    with (
        said.open("wb") as output,
        subprocess.Popen(  # noqa: S603  # our own interpreter
            [*command, "--account", "fake.3000"], stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        wait_until(lambda: "users," in said.read_text(encoding="utf-8"), seconds=120)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=120) == 1
    text = said.read_text(encoding="utf-8")
    assert "raw_followers was interrupted. Run again to resume." in text
    assert "Traceback" not in text
