"""Trying again, in one way: with stamina's waits, told by whoever tries."""

from collections.abc import Callable
from typing import Any, TypeVar

import stamina

_Result = TypeVar("_Result")


def retried(call: Callable[[], _Result], on: type[Exception] | Callable[[Exception], Any], **waits: Any) -> _Result:
    """Call until there is no error that `on` is, or says yes to; give what the call gives, or raise its last error.

    `waits` are those of `stamina.retry`: how many attempts, for how long, and the seconds between them.
    """
    # stamina would print each retry past the log where structlog is installed.
    stamina.instrumentation.set_on_retry_hooks([])
    return stamina.retry(on=on, **waits)(call)()
