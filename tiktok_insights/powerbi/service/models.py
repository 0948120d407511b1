"""What the Power BI service says of refreshes and semantic models, read once into frozen values.

Facts: learn.microsoft.com/rest/api/power-bi/datasets ("dataset" is the API's word for a semantic model).
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tiktok_insights.powerbi.service.errors import UnexpectedReplyError
from tiktok_insights.text.quoting import quoted

#: Any other word means that it is under way: `Unknown`, `NotStarted`, `InProgress`.
_ENDED = {"Completed", "Failed", "Cancelled", "Disabled", "TimedOut"}


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh as it is now. `error` is the first error that it reports, with its code if it has one."""

    request_id: str
    status: str
    started: datetime | None
    ended: datetime | None
    error: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status not in _ENDED and self.ended is None

    @property
    def succeeded(self) -> bool:
        """Whether the model has the data that this refresh read."""
        return self.status == "Completed"


@dataclass(frozen=True, slots=True)
class Model:
    """A semantic model in the workspace; `web_url` is empty if the service names none."""

    model_id: str
    name: str
    web_url: str
    is_refreshable: bool


def read_refresh(document: Any, request_id: str = "") -> Refresh:
    """Read a refresh, from the list or from its own details, which have no ID. Raises UnexpectedReplyError."""
    try:
        status = document["status"]
        return Refresh(
            request_id=str(document.get("requestId") or request_id),
            # The other status is Unknown for all that has not ended, and Failed for what has timed out.
            status=str(document.get("extendedStatus") or status),
            started=_moment(document.get("startTime")),
            ended=_moment(document.get("endTime")),
            error=_first_error(document),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _not_understood("a refresh", document) from error


def read_list(document: Any) -> list[Any]:
    """Give the items of a list. Raises UnexpectedReplyError."""
    if not isinstance(document, dict) or not isinstance(document.get("value"), list):
        raise _not_understood("a list", document)
    items: list[Any] = document["value"]
    return items


def read_model(document: Any) -> Model:
    """Read a semantic model. Raises UnexpectedReplyError."""
    try:
        url = str(document.get("webUrl") or "")
        return Model(
            model_id=str(document["id"]),
            name=str(document["name"]),
            web_url=url if url.startswith("https://") else "",
            is_refreshable=document.get("isRefreshable") is not False,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_understood("a semantic model", document) from error


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _first_error(document: dict[str, Any]) -> str:
    """The first error of an enhanced refresh is among its messages; that of another one is JSON within the JSON."""
    messages = [item for item in document.get("messages") or () if item.get("type", "Error") == "Error"]
    if messages:
        return _joined(messages[0].get("code"), messages[0].get("message"))
    text = document.get("serviceExceptionJson") or ""
    try:
        inner = json.loads(text) if text else {}
    except ValueError:
        return str(text)
    if not isinstance(inner, dict):
        return str(text)
    return _joined(inner.get("errorCode"), inner.get("errorDescription"))


def _joined(*parts: object) -> str:
    return ": ".join(str(part) for part in parts if part)


def _not_understood(what: str, document: Any) -> UnexpectedReplyError:
    shown = quoted(" ".join(json.dumps(document).split()))
    return UnexpectedReplyError(
        f"Power BI described {what} in a way that this version does not understand: {shown}. Update this package."
    )
