"""Refreshes a semantic model once, and follows that very refresh until it has ended.

The service runs one refresh of a model at a time and accepts no key that would make a request idempotent. So what is
listed is remembered before a refresh is begun: what is listed afterward and was not before has read the same data or
newer ones, whoever began it, and is followed instead of a second one (docs/decisions/0029).
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from tiktok_insights.powerbi.service.api import Api, Reply
from tiktok_insights.powerbi.service.errors import (
    LostReplyError,
    RefreshTimeoutError,
    ServiceBusyError,
    ServiceRefusedError,
    UnexpectedReplyError,
)
from tiktok_insights.powerbi.service.models import Refresh, read_list, read_refresh
from tiktok_insights.powerbi.service.reasons import failure

_LISTED = "20"
_LONGEST_WAIT = 15.0
#: These fields make it an enhanced refresh, which has details and can be canceled. It rejects `notifyOption`.
_ENHANCED: dict[str, object] = {"type": "Full", "commitMode": "transactional", "retryCount": 1}
#: What a shared capacity takes, which has no enhanced refresh.
_STANDARD: dict[str, object] = {"notifyOption": "NoNotification"}
_MINUTES_A_DAY = 24 * 60
_BAD_REQUEST, _NOT_FOUND, _CONFLICT = 400, 404, 409


@dataclass(frozen=True, slots=True)
class _Followed:
    """A refresh to follow. `earlier` are the IDs listed before it; `is_ours` says that this package began it."""

    request_id: str
    earlier: Collection[str] | None = None
    is_ours: bool = False


class Refresher:
    """Refreshes one model. `path` is the model's own, `minutes` how long that may take.

    `first_wait` (seconds) is the first pause between two looks, which then grow to 15 s. `attempts` bounds the requests
    without an answer that are spent on beginning a refresh.
    """

    def __init__(
        self, api: Api, path: str, minutes: float, log: logging.Logger, *, first_wait: float = 1.0, attempts: int = 5
    ) -> None:
        self._api = api
        self._path = f"{path}/refreshes"
        self._minutes = minutes
        self._log = log
        self._first_wait = first_wait
        self._attempts = attempts
        self._deadline = 0.0

    def refresh(self, begun_before: str, began: Callable[[str], None]) -> Refresh:
        """Refresh the model, and give the refresh that has completed.

        `begun_before` is the ID of the refresh that an earlier run began for the same data, if any: it is followed if
        it has not failed. `began` is told the ID of the one that is followed, before its end is waited for. Raises
        RefreshFailedError, RefreshTimeoutError, and what `Api` raises.
        """
        self._deadline = time.monotonic() + self._minutes * 60
        if begun_before and (found := self._find(_Followed(begun_before))) and (found.is_running or found.succeeded):
            self._log.info("Following refresh %s, which an earlier run began for the same data.", begun_before)
            return self._success(_Followed(begun_before, is_ours=True))
        while True:
            earlier = self._listed()
            if running := next((refresh for refresh in earlier if refresh.is_running), None):
                # It may have read what was there before; only its end is of interest.
                self._log.info("Waiting for refresh %s, which began before.", running.request_id)
                self._end_of(_Followed(running.request_id))
                continue
            begun = self._begin({refresh.request_id for refresh in earlier})
            began(begun.request_id)
            self._log.info("Following refresh %s.", begun.request_id)
            return self._success(begun)

    def _success(self, followed: _Followed) -> Refresh:
        refresh = self._end_of(followed)
        if not refresh.succeeded:
            raise failure(refresh)
        self._log.info("Refresh %s has completed.", refresh.request_id)
        return refresh

    def _begin(self, earlier: Collection[str]) -> _Followed:
        """Begin a refresh, or find one that has begun since."""
        body = _ENHANCED | {"timeout": _duration(self._minutes)}
        lost = 0
        while True:
            try:
                reply = self._api.post(self._path, body)
                return _Followed(self._begun(reply, earlier), earlier, is_ours=True)
            except LostReplyError as error:
                if found := self._new(earlier):
                    self._log.info("%s Refresh %s has begun since.", error, found)
                    return _Followed(found, earlier)
                lost += 1
                if lost == self._attempts:
                    raise
                time.sleep(min(self._first_wait * 2**lost, _LONGEST_WAIT))
            except ServiceRefusedError as error:
                if error.status not in (_BAD_REQUEST, _CONFLICT):
                    raise
                if found := self._new(earlier):
                    return _Followed(found, earlier)
                if error.status == _CONFLICT or body == _STANDARD:
                    raise
                self._log.info("%s Trying a standard refresh, as a shared capacity needs it.", error)
                body = _STANDARD

    def _end_of(self, followed: _Followed) -> Refresh:
        wait = self._first_wait
        while True:
            try:
                found = self._find(followed)
            except (LostReplyError, ServiceBusyError, UnexpectedReplyError) as error:
                self._log.warning("%s The refresh is still followed.", error)
                found = None
            if found and not found.is_running:
                return found
            if time.monotonic() + wait > self._deadline:
                return self._give_up(followed)
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)

    def _give_up(self, followed: _Followed) -> Refresh:
        """Cancel our own refresh, and raise RefreshTimeoutError; or give it if it has ended at the last moment."""
        what = "continues in Power BI"
        if followed.is_ours and followed.request_id:
            try:
                self._api.delete(f"{self._path}/{followed.request_id}")
                what = "was canceled"
            except ServiceRefusedError:
                if (found := self._find(followed)) and not found.is_running:
                    return found
            except (LostReplyError, ServiceBusyError) as error:
                self._log.warning("%s", error)
        msg = (
            f"Refresh {followed.request_id} did not end within {self._minutes:g} min, and {what}. Look in its refresh "
            "history for what was slow, or raise AZURE_POWERBI_REFRESH_MINUTES."
        )
        raise RefreshTimeoutError(msg)

    def _find(self, followed: _Followed) -> Refresh | None:
        """The refresh as it is now. None while the service does not list it, which may take a moment."""
        try:
            if followed.request_id:
                document = self._api.get(f"{self._path}/{followed.request_id}")
                return read_refresh(document, followed.request_id)
        except ServiceRefusedError as error:
            # Only an enhanced refresh has details.
            if error.status not in (_NOT_FOUND, _BAD_REQUEST):
                raise
        listed = self._listed()
        ours = [refresh for refresh in listed if refresh.request_id == followed.request_id]
        if not ours and followed.earlier is not None:
            ours = [refresh for refresh in listed if refresh.request_id not in followed.earlier]
        return ours[0] if ours else None

    def _begun(self, reply: Reply, earlier: Collection[str]) -> str:
        """The ID of the refresh that a request began; only Location names it for certain. Empty if nothing does."""
        named = reply.headers.get("Location", "").partition("?")[0].rstrip("/").rpartition("/")[2]
        if named and named not in earlier:
            return named
        return self._new(earlier) or reply.headers.get("RequestId") or reply.headers.get("x-ms-request-id") or ""

    def _new(self, earlier: Collection[str]) -> str:
        """The ID of the newest refresh that was not listed before, or nothing."""
        return next((refresh.request_id for refresh in self._listed() if refresh.request_id not in earlier), "")

    def _listed(self) -> list[Refresh]:
        """The last refreshes, the newest first."""
        return [read_refresh(item) for item in read_list(self._api.get(self._path, **{"$top": _LISTED}))]


def _duration(minutes: float) -> str:
    """Write a duration as the service reads it; it takes at most a day."""
    hours, rest = divmod(max(1, min(round(minutes), _MINUTES_A_DAY)), 60)
    return f"{hours:02}:{rest:02}:00"
