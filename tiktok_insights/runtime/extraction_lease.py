"""The extraction lock that all machines see: a lease in the bucket, renewed while it is held.

Here: how long a lease lasts, who waits for whom, and when a holder may no longer send. The object itself is in
`clients.lease_object`. No two clocks are compared: a waiter takes the age of a claim from S3's own clock, and a holder
counts from the moment before it wrote its claim, so that its end always comes before the one that a waiter sees.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.clients.lease_object import Claim, LeaseObject, StoredClaim
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, ObjectUnavailableError
from tiktok_insights.tiktok.errors import LockLostError

#: The object that says which run extracts.
LOCK_KEY = "locks/extraction.json"
#: The clock that also counts while the machine is suspended, where there is one.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
#: What keeps a holder from writing, while its claim is still valid for some time.
_TROUBLE = (ClientError, BotoCoreError, ObjectNotWritableError, ObjectUnavailableError)


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds: how long a claim is valid, how often it is renewed, and how long before its end nothing is sent.

    A request that is under way at the end takes at most 35 s (tiktok.client), so `quiet` is more: whoever takes over
    never asks for the page that the last holder still waits for. `margin` is what S3's servers may differ in their
    clocks, plus a second as its times are whole. `patience` bounds the wait for others.
    """

    valid: float = 120.0
    renew: float = 20.0
    quiet: float = 45.0
    margin: float = 5.0
    poll: float = 5.0
    patience: float = 86_400.0


@contextmanager
def extraction_lease(lease: LeaseObject, log: logging.Logger, terms: Terms | None = None) -> Iterator["Lease"]:
    """Wait until no other run extracts with this bucket, and keep the others waiting until the end.

    Raises LockLostError when another run holds the lease for too long, and boto3's errors.
    """
    held = Lease(lease, log, terms or Terms())
    held.take()
    renewing = threading.Thread(target=held.renew_until_released, name="extraction lease", daemon=True)
    renewing.start()
    try:
        yield held
    finally:
        held.give_back()
        renewing.join()


class Lease:
    """A lease on its way through one run. Safe for many threads."""

    def __init__(self, lease: LeaseObject, log: logging.Logger, terms: Terms) -> None:
        self._lease = lease
        self._log = log
        self._terms = terms
        self._claim = Claim(uuid.uuid4().hex, socket.gethostname(), os.getpid(), 0, terms.valid, "")
        self._etag: str | None = None
        self._written = _Moment.now()
        self._lost = ""
        self._renewing = threading.Lock()
        self._released = threading.Event()

    def take(self) -> None:
        """Wait for the lease, and say once for whom."""
        deadline, told = time.monotonic() + self._terms.patience, False
        while holder := self._holder_unless_taken():
            if not told:
                self._log.info("Another run is extracting: %s. This run waits until it has finished.", holder)
                told = True
            if time.monotonic() > deadline:
                hours = self._terms.patience / 3600
                msg = (
                    f"Another run has held the extraction lock {self._lease.uri} for {hours:.0f} h: {holder}. "
                    "End that run, then run again."
                )
                raise LockLostError(msg)
            time.sleep(self._terms.poll)

    def require(self) -> None:
        """Raise LockLostError if another run may extract by now; no request while the last claim is surely valid.

        After a long stop of this process or machine, the claim is renewed on the spot: if S3 still has it, no other run
        has extracted meanwhile.
        """
        if self._lost or self._is_late():
            with self._renewing:
                if not self._lost and self._is_late():
                    self._try_to_renew()
            if self._lost or self._is_late():
                why = self._lost or f"{self._lease.uri} could not be renewed in time"
                msg = f"This run lost the extraction lock: {why}. It makes no more requests to the API."
                raise LockLostError(msg)

    def renew_until_released(self) -> None:
        """Renew the claim again and again, in a thread of its own."""
        while not self._lost and not self._released.wait(self._terms.renew):
            with self._renewing:
                if not self._released.is_set():
                    self._try_to_renew()

    def give_back(self) -> None:
        """Let the next run begin at once; a claim that cannot be given back expires."""
        self._released.set()
        with self._renewing:
            try:
                if not self._lost and self._etag:
                    self._write(over=self._etag, seconds=0.0)
            except _TROUBLE as error:
                self._log.warning(
                    "The extraction lock %s was not given back (%s). The next extraction waits until it expires.",
                    self._lease.uri,
                    error,
                )

    def _holder_unless_taken(self) -> str:
        """Take the lease if it is free; else say who has it."""
        if self._write(over=None):
            return ""
        found = self._lease.read()
        if found and self._is_free(found) and self._write(over=found.etag):
            return ""
        return _holder(found)

    def _is_free(self, found: StoredClaim) -> bool:
        # No claim is believed for longer than one of ours, whatever it says.
        seconds = found.claim.seconds if found.claim else self._terms.valid
        return seconds == 0 or found.age > min(self._terms.valid, seconds) + self._terms.margin

    def _is_late(self) -> bool:
        return self._written.seconds_ago() > self._terms.valid - self._terms.quiet

    def _try_to_renew(self) -> None:
        """Renew the claim, or note who has it; trouble that may pass leaves it as it is."""
        try:
            if self._write(over=self._etag):
                return
            found = self._lease.read()
            # The answer to an earlier claim of ours may have been lost.
            is_ours = found is not None and found.claim is not None and found.claim.owner == self._claim.owner
            if not (found and is_ours and self._write(over=found.etag)):
                self._lost = f"another run has taken it over, {_holder(found)}"
        except _TROUBLE as error:
            self._log.warning("The extraction lock %s was not renewed (%s).", self._lease.uri, error)

    def _write(self, over: str | None, seconds: float | None = None) -> bool:
        """Write the next claim; the time counts from before it is sent."""
        moment = _Moment.now()
        valid = self._terms.valid if seconds is None else seconds
        expires = (datetime.now(UTC) + timedelta(seconds=valid)).isoformat(timespec="seconds")
        claim = self._claim.renewed(valid, expires)
        self._claim = claim
        etag = self._lease.write(claim, over)
        if etag is None:
            return False
        self._etag, self._written = etag, moment
        return True


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment, by the clock that runs on and by the one on the wall: a machine that slept knows it by one of them."""

    running: float
    wall: float

    @classmethod
    def now(cls) -> "_Moment":
        return cls(time.clock_gettime(_CLOCK), time.time())

    def seconds_ago(self) -> float:
        now = _Moment.now()
        return max(now.running - self.running, now.wall - self.wall)


def _holder(found: StoredClaim | None) -> str:
    if found is None or found.claim is None:
        return "a process that it does not name"
    return f"process {found.claim.process} on {found.claim.machine}, until {found.claim.expires} or longer"
