"""Extraction: which snapshot of each account is reused, resumed or started; accounts run in parallel.

What they share is the client with its rate limit, and the end of the run when the API refuses us altogether.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy, decide
from tiktok_insights.raw.known_stretch import walk_until
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.raw.plan import Planner
from tiktok_insights.raw.snapshot_walk import SnapshotWalk
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, RawStore
from tiktok_insights.raw.stored_response import StoredResponse
from tiktok_insights.raw.turns import run_in_turn
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.dialects import parse, read_account
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.models import Account, Parsed
from tiktok_insights.tiktok.outcomes import Outcome

#: As many answers may be under way: 1,200 requests a minute (the Ultra plan) with answers after 3 s need 60.
MAX_WORKERS = 64


class RunStoppedError(RuntimeError):
    """No account can continue; the message has the remedy. The pages so far are kept."""


class Extractor:
    """Brings accounts' newest follower lists into the raw store. `log` tells people how it goes, `progress` how far."""

    def __init__(
        self,
        raw: RawStore,
        client: Client,
        policy: SnapshotPolicy,
        log: logging.Logger,
        progress: ProgressReporter = SILENT,
    ) -> None:
        self._raw = raw
        self._client = client
        self._policy = policy
        self._log = log
        self._progress = progress
        self._stop = threading.Event()
        # An account may be asked for under two of its names: they take turns, and the second uses what the first began.
        self._turns: dict[str, threading.Lock] = {}
        self._begun: set[str] = set()

    def extract(self, references: Sequence[str]) -> list[AccountResult]:
        """Extract every account (handle or secUid) and give a result for each, in the order asked for.

        Trouble with one account is its result. Raises RunStoppedError when the API refuses us altogether, after the
        others have stopped too; whatever else goes wrong (the bucket, say) is raised as it is.
        """
        self._raw.store.ensure_bucket()
        unique = list(dict.fromkeys(reference.removeprefix("@") for reference in references))
        with ThreadPoolExecutor(max_workers=min(MAX_WORKERS, max(len(unique), 1))) as pool:
            try:
                results = self._extract_all(unique, pool)
            except BaseException:
                # An interrupt reaches this thread only; the walks end with the page that is under way.
                self._stop.set()
                raise
        for result in results:
            if result.outcome is Outcome.REFUSED:
                raise RunStoppedError(result.reason)
        return results

    def _extract_all(self, references: list[str], pool: ThreadPoolExecutor) -> list[AccountResult]:
        """Extract the accounts in parallel; with a budget in turn, each when what it needs is left."""
        if (budget := self._client.budget.limit) is None:
            return list(pool.map(self._extract_or_stop, references))
        planner = Planner(self._raw, None, self._policy, max(self._client.list_caps), budget, self._client.now())
        needs = {plan.reference: planner.most(plan) for plan in planner.plan(references)}
        results = run_in_turn(needs, budget, lambda reference: pool.submit(self._extract_or_stop, reference))
        return [results.get(reference) or self._let_wait(reference, budget) for reference in references]

    def _let_wait(self, reference: str, budget: int) -> AccountResult:
        reason = f"waits for its turn: the run's budget of {budget:,} requests (TIKTOK_REQUEST_BUDGET) went to others"
        result = AccountResult(reference, Outcome.DEFERRED, reason, 0)
        self._log.info("%s: %s", reference, result.in_words)
        return result

    def _extract_or_stop(self, reference: str) -> AccountResult:
        try:
            result = self._extract_account(reference)
        except BaseException:
            self._stop.set()
            raise
        self._log.info("%s: %s", reference, result.in_words)
        return result

    def _extract_account(self, reference: str) -> AccountResult:
        if self._stop.is_set():
            return AccountResult(reference, Outcome.UNFINISHED, "the run was stopped before it reached this account", 0)
        if self._policy.accounts_only:
            return self._look(reference)
        try:
            if remembered := self._raw.remembered_account(reference):
                with self._turn(remembered):
                    if result := self._use_newest(reference, remembered, 0):
                        return result
            return self._begin(reference)
        except RAW_OBJECT_ERRORS as error:
            # One account's damaged, deleted or archived object must not stop the others.
            outcome = Outcome.UNREADABLE if isinstance(error, ObjectUnavailableError) else Outcome.DAMAGED
            return AccountResult(reference, outcome, str(error), 0)

    def _look(self, reference: str) -> AccountResult:
        """Store the API's answer about the account itself; its snapshots stay as they are."""
        try:
            fetched = self._client.account(reference)
        except TikTokError as error:
            return AccountResult(reference, error.outcome, str(error), error.requests)
        account, response = fetched.value, fetched.response
        self._raw.put_response(SnapshotKey.begun_at(account.account_id, self._client.now()).look, response)
        self._raw.remember_account(reference, account.account_id)
        return AccountResult(
            reference,
            Outcome.PROFILE,
            "only the account's totals were read",
            response.requests,
            handle=account.handle,
            users_claimed=account.follower_total,
            quota_left=response.quota.remaining,
        )

    def _turn(self, account_id: str) -> threading.Lock:
        return self._turns.setdefault(account_id, threading.Lock())

    def _use_newest(self, reference: str, account_id: str, spent: int) -> AccountResult | None:
        """Use the account's newest snapshot, or resume it; None when a new one is needed."""
        ours = account_id in self._begun
        decision = decide(self._raw, account_id, self._policy, self._client.now(), ours=ours)
        # What costs requests is decided by what is in the bucket now: another machine may have begun a snapshot.
        if decision.origin is not SnapshotOrigin.FRESH and self._raw.look_again(account_id):
            decision = decide(self._raw, account_id, self._policy, self._client.now(), ours=ours)
        if decision.manifest is not None:
            return AccountResult.of(reference, decision.manifest, spent, decision.origin)
        if decision.snapshot is not None:
            opening = parse(self._raw.response(decision.snapshot.account_info), read_account)
            return self._finish(reference, decision.snapshot, opening, spent, decision.origin)
        return None

    def _begin(self, reference: str) -> AccountResult:
        try:
            fetched = self._client.account(reference)
        except TikTokError as error:
            return AccountResult(reference, error.outcome, str(error), error.requests)
        account_id, spent = fetched.value.account_id, fetched.response.requests
        self._raw.remember_account(reference, account_id)
        with self._turn(account_id):
            # The account may have been extracted under another of its names.
            if result := self._use_newest(reference, account_id, spent):
                return result
            began = self._client.now()
            snapshot = SnapshotKey.begun_at(account_id, began)
            until = walk_until(self._raw, account_id, self._policy, began)
            opening = self._raw.put_parsed(snapshot.account_info, fetched, read_account, until)
            self._begun.add(account_id)
            return self._finish(reference, snapshot, opening, spent, SnapshotOrigin.NEW)

    def _finish(
        self,
        reference: str,
        snapshot: SnapshotKey,
        opening: Parsed[StoredResponse, Account],
        spent: int,
        origin: SnapshotOrigin,
    ) -> AccountResult:
        walk = SnapshotWalk(self._raw, self._client, snapshot, opening, self._stop, self._log, self._progress)
        manifest = walk.finish()
        return AccountResult.of(reference, manifest, spent + walk.requests, origin)


@check(Severity.ERROR)
def every_account_finished(results: Sequence[AccountResult]) -> Finding:
    """Every account's list was read to its end, to the API's limit, or to the requested overlap.

    It is only a warning if the next run will resume every unfinished list.
    """
    unfinished = [item for item in results if not item.outcome.succeeded]
    offenders = [f"{item.reference}: {item.outcome.value}, {item.outcome.advise(item.reason)}" for item in unfinished]
    resumes = all(item.outcome.is_resumable for item in unfinished)
    return Finding(tuple(offenders), {"accounts": len(results)}, Severity.WARNING if resumes else None)


def require_any(results: Sequence[AccountResult]) -> None:
    """Raise RunStoppedError when no account at all gave anything, nor will with the next run by itself."""
    if results and not any(item.outcome.succeeded or item.outcome.is_resumable for item in results):
        offenders = "; ".join(every_account_finished(results).offenders)
        raise RunStoppedError(f"None of {len(results)} accounts could be extracted. {offenders}")
