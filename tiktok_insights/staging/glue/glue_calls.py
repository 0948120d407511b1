"""The one door to Glue's API: sends requests, and says of each failure whether another try helps.

Which requests there are belongs in `job_runs`. The client's own retries are off (`resources.opening`): they would also
repeat a StartJobRun that was carried out.
"""

import logging
from collections.abc import Mapping
from typing import Any

import stamina
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from tiktok_insights.clients.aws_errors import error_code, may_pass
from tiktok_insights.staging.glue.errors import GlueError, GlueRefusedError, GlueUnavailableError, JobBusyError
from tiktok_insights.text.printable import printable

_LOG = logging.getLogger(__name__)
_SHOWN_LETTERS = 300
#: Glue's limits of runs at once: of the job, and of the account.
_BUSY = {"ConcurrentRunsExceededException", "ResourceNumberLimitExceededException"}
_REMEDIES = {
    "EntityNotFoundException": "Set GLUE_JOB to the name of a job in this account and region",
    "AccessDeniedException": "Grant this user glue:StartJobRun, GetJobRun, GetJobRuns and BatchStopJobRun on the job",
}
_OTHER = "See docs/how_to/load_with_glue.md"


class GlueCalls:
    """Glue as one client sees it.

    `attempts` bounds the requests spent on one answer; `first_wait` (seconds) is the first pause between two of them,
    which then doubles, up to 30 s.
    """

    def __init__(self, glue: Any, *, attempts: int = 8, first_wait: float = 1.0) -> None:
        self._glue = glue
        self._retry = stamina.RetryingCaller(
            attempts=attempts, timeout=None, wait_initial=first_wait, wait_max=30.0, wait_jitter=first_wait
        )

    @property
    def region(self) -> str:
        """The region of the client."""
        return str(self._glue.meta.region_name)

    def ask(self, operation: str, **request: Any) -> Mapping[str, Any]:
        """Send a request that may be sent twice. Raises the GlueError of its last answer."""
        return self._retry.on(_another_try)(self.send, operation, **request)

    def send(self, operation: str, **request: Any) -> Mapping[str, Any]:
        """Send a request once."""
        try:
            answer: Mapping[str, Any] = getattr(self._glue, operation)(**request)
        except ClientError as error:
            raise _error(operation, error) from error
        except (HTTPClientError, BotoConnectionError) as error:
            raise _unavailable(operation, type(error).__name__) from error
        return answer


def _error(operation: str, error: ClientError) -> GlueError:
    code = error_code(error)
    message = printable(" ".join(str(error.response.get("Error", {}).get("Message", "")).split()))
    said = f"{code}: {message[:_SHOWN_LETTERS].rstrip('. ')}"
    if code in _BUSY:
        return JobBusyError(f"Glue starts no other run now. {said}. Wait for the runs that occupy it, then run again.")
    if may_pass(error):
        return _unavailable(operation, said)
    return GlueRefusedError(f"Glue refuses {operation}. {said}. {_REMEDIES.get(code, _OTHER)}.")


def _unavailable(operation: str, why: str) -> GlueUnavailableError:
    return GlueUnavailableError(
        f"Glue does not answer {operation} ({why}). Run again: a job run that was started continues, and the next run "
        "follows it."
    )


def _another_try(error: Exception) -> bool:
    if isinstance(error, GlueUnavailableError):
        _LOG.info("%s Trying again.", error)
        return True
    return False
