"""The log of a job run: lines come in pieces and go out whole, and what moto keeps in memory has limits."""

import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from moto import backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from tiktok_insights.local.glue import run_log
from tiktok_insights.local.glue.run_log import GROUP, RunLog


def logged(pieces: Iterable[bytes]) -> list[str]:
    """What is in CloudWatch after a run has said this."""
    run_id = f"jr_{uuid.uuid4().hex}"
    log = RunLog("eu-central-1", run_id)
    for piece in pieces:
        log.write(piece)
    log.close()
    return [event.message for event in streams()[run_id].events]


def streams() -> dict[str, Any]:
    """The streams in this process."""
    found: dict[str, Any] = backends.get_backend("logs")[DEFAULT_ACCOUNT_ID]["eu-central-1"].groups[GROUP].streams
    return found


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_lines_are_whole_however_they_come(size: int) -> None:
    """Also letters of several bytes; empty lines are left out, which CloudWatch does not take."""
    said = "é one\r\n\n \ntwo\nlast".encode() + b"\xff"
    pieces = [said[begin : begin + size] for begin in range(0, len(said), size)]
    assert logged(pieces) == ["é one", "two", "last\ufffd"]


@pytest.mark.parametrize("size", [1000, 7000, 1_000_000])
def test_a_long_line_is_cut(size: int) -> None:
    """What is beyond the limit is not kept, and the next line is whole."""
    said = b"x" * 50_000 + b"\nnext\n"
    first, *rest = logged([said[begin : begin + size] for begin in range(0, len(said), size)])
    assert first == "x" * run_log.LINE_CHARACTERS + " … (the line is longer)"
    assert rest == ["next"]


def test_of_many_lines_the_first_and_the_last_are_kept() -> None:
    """And how many are missing between them."""
    lines = [f"{number}" for number in range(run_log.LINES + 1_000)]
    kept = logged([("\n".join(lines) + "\n").encode()])
    assert kept[: run_log.LINES] == lines[: run_log.LINES]
    assert kept[run_log.LINES] == "… 800 lines were left out here."
    assert kept[run_log.LINES + 1 :] == lines[-run_log.TAIL :]


def test_a_few_lines_too_many_are_all_kept() -> None:
    """Those that the tail holds."""
    lines = [f"{number}" for number in range(run_log.LINES + 5)]
    assert logged([("\n".join(lines)).encode()]) == lines


def test_the_characters_of_a_run_are_limited() -> None:
    """Long lines fill the log sooner."""
    line = "x" * 7_000
    kept = logged([f"{line}\n".encode()] * 2_000)
    assert sum(map(len, kept)) < run_log.CHARACTERS + (run_log.TAIL + 1) * len(line)
    assert kept[-1] == line


def test_only_the_newest_runs_have_a_log() -> None:
    """The oldest is forgotten when another one begins."""
    for number in range(run_log.STREAMS + 3):
        RunLog("eu-central-1", f"stream-{number}")
    assert list(streams())[-1] == f"stream-{run_log.STREAMS + 2}"
    assert len(streams()) == run_log.STREAMS
