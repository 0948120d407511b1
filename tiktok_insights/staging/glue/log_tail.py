"""A job run's own log, line by line, as far as it has come. How much of it a person is shown is bounded here.

CloudWatch gets the lines some seconds late. What is wrong with the log never fails a load.
"""

import logging
import re
from collections import deque
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.text.printable import printable
from tiktok_insights.text.quoting import without_values

#: What a person is shown of one run; the rest stays in CloudWatch.
_SHOWN_LINES, _SHOWN_LETTERS = 2_000, 1_000
#: At a look; the next one goes on from there.
_PAGES_A_LOOK = 20
LAST_LINES = 50
#: No line was written yet.
_NOT_YET = "ResourceNotFoundException"
_DENIED = {"AccessDeniedException", "UnrecognizedClientException"}
#: How the job begins the line that says why it failed, and how Python does.
_OURS = "Error: "
_FIRST_ERROR = re.compile(r"Error: |(\w+\.)*\w*(Error|Exception)(: |$)")


class LogTail:
    """The lines of one run: each is logged once, the last ones are kept, and the first that tells of an error."""

    def __init__(self, logs: Any, group: str, stream: str, log: logging.Logger) -> None:
        self._logs = logs
        self._place = {"logGroupName": f"{group}/output", "logStreamName": stream}
        self._log = log
        self._token = ""
        self._seen = 0
        self._is_readable = True
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self.first_error = ""

    def read(self) -> int:
        """Read what has come since the last look; give the number of lines."""
        seen = self._seen
        for _ in range(_PAGES_A_LOOK if self._is_readable else 0):
            page = self._page()
            if page is None:
                break
            for event in page.get("events", ()):
                self._take(str(event.get("message", "")))
            token = str(page.get("nextForwardToken") or "")
            if not token or token == self._token:
                break
            self._token = token
        return self._seen - seen

    def _page(self) -> Any:
        token = {"nextToken": self._token} if self._token else {}
        try:
            return self._logs.get_log_events(**self._place, startFromHead=True, **token)
        except ClientError as error:
            code = error_code(error)
            if code in _DENIED:
                self._is_readable = False
                group = self._place["logGroupName"]
                self._log.warning("The job's log %s cannot be read (%s). The load continues.", group, code)
            elif code != _NOT_YET:
                self._log.info("The job's log cannot be read now (%s).", code)
        except BotoCoreError as error:
            self._log.info("The job's log cannot be read now (%s).", type(error).__name__)
        return None

    def _take(self, message: str) -> None:
        for line in message.splitlines():
            text = printable(line.rstrip())[:_SHOWN_LETTERS]
            if not text:
                continue
            if _FIRST_ERROR.match(text) and not text.startswith(_OURS):
                text = without_values(text)
            self._seen += 1
            self.last.append(text)
            if not self.first_error and _FIRST_ERROR.match(text):
                self.first_error = text.removeprefix(_OURS)
            if self._seen <= _SHOWN_LINES:
                self._log.info("Glue: %s", text)
            elif self._seen == _SHOWN_LINES + 1:
                self._log.info("The job has logged more than %d lines. The rest is in CloudWatch.", _SHOWN_LINES)
