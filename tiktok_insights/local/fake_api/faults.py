"""Where the API misbehaves on purpose.

Here: the decision that a request gets something else than the honest answer. Not here: refusals that an
honest API gives (`limits`, `endpoints`).
"""

from starlette.requests import Request
from starlette.responses import Response


def fault_for(_request: Request) -> Response | None:
    """Return what a request gets in place of its honest answer, or None; there are no faults yet.

    Asked once for each request that may be answered, after it was counted.
    """
    return None
