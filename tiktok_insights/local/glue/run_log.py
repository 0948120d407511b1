"""What a run says, line by line in CloudWatch while it goes on, as Glue 5 does it: stdout and stderr in one stream.

moto keeps the lines in memory, and they are gone when the stack stops. So a run has at most `LINES` lines and
`CHARACTERS` characters there, its last `TAIL` lines among them, and only the newest `STREAMS` runs have any.
"""

import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from moto import backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from tiktok_insights.local.glue.job_run import LOG_GROUP

GROUP = f"{LOG_GROUP}/output"
LINES = 10_000
CHARACTERS = 4_000_000
LINE_CHARACTERS = 8_000
TAIL = 200
STREAMS = 20
_CUT = " … (the line is longer)"
#: How Python names a place in a traceback; a SyntaxError of the script has one without a traceback.
_PLACE = '  File "'


class RunLog:
    """The log of one run. `write` takes what comes, in pieces of any size."""

    def __init__(self, region: str, run_id: str) -> None:
        self._logs = _backend(region)
        self._stream = run_id
        self._unfinished = b""
        self._is_cut = False
        self._lines = 0
        self._characters = 0
        self._left_out = 0
        self._tail: deque[str] = deque(maxlen=TAIL)
        self._logs.ensure_log_group(GROUP)
        self._logs.ensure_log_stream(GROUP, run_id)
        _forget_old(self._logs)

    def write(self, piece: bytes) -> None:
        """Take the next piece; its whole lines are in the log when this returns."""
        *lines, rest = (self._unfinished + piece).split(b"\n")
        if lines and self._is_cut:
            # The beginning of the first one was logged before.
            lines, self._is_cut = lines[1:], False
        self._unfinished = b"" if self._is_cut else rest
        if len(self._unfinished) > LINE_CHARACTERS:
            lines.append(self._unfinished)
            self._unfinished, self._is_cut = b"", True
        self._put(_text(line) for line in lines)

    def close(self) -> None:
        """Take the last line, and if lines were left out, say so before the last ones of them."""
        if self._unfinished:
            self._put([_text(self._unfinished)])
        if self._left_out:
            last = list(self._tail)[-min(self._left_out, TAIL) :]
            self._send([f"… {self._left_out - len(last):,} lines were left out here."] * (self._left_out > TAIL) + last)

    def last_exception(self) -> str:
        """The line that names the last exception, without the lines of its traceback; empty if there was none."""
        lines = list(self._tail)
        places = [number for number, line in enumerate(lines) if line.startswith(_PLACE)]
        after = lines[places[-1] :] if places else []
        return next((line for line in after if not line.startswith((" ", "\t"))), "")

    def _put(self, lines: Iterable[str]) -> None:
        sent = []
        for line in lines:
            if not line.strip():  # CloudWatch takes no empty message
                continue
            self._tail.append(line)
            if self._left_out or self._lines >= LINES or self._characters + len(line) > CHARACTERS:
                self._left_out += 1
            else:
                self._lines += 1
                self._characters += len(line)
                sent.append(line)
        self._send(sent)

    def _send(self, lines: list[str]) -> None:
        now = int(time.time() * 1000)
        if lines:
            self._logs.put_log_events(GROUP, self._stream, [{"timestamp": now, "message": line} for line in lines])


def _backend(region: str) -> Any:
    return backends.get_backend("logs")[DEFAULT_ACCOUNT_ID][region]


def _forget_old(logs: Any) -> None:
    for name in list(logs.groups[GROUP].streams)[:-STREAMS]:
        logs.delete_log_stream(GROUP, name)


def _text(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r")
    return text if len(text) <= LINE_CHARACTERS else text[:LINE_CHARACTERS] + _CUT
