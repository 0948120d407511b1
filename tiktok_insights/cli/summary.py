"""The summary after a run: what was asked for, what is in the table, what the checks say, and where to go from here."""

from collections.abc import Iterator
from pathlib import Path

import click
import dagster as dg

from tiktok_insights.cli.command_path import command_path
from tiktok_insights.cli.rows import counted, layout
from tiktok_insights.cli.ui import DEFAULT_PORT
from tiktok_insights.dashboard.publishing import dashboard_path
from tiktok_insights.defs.assets.raw import ACCOUNT_COLUMNS, ACCOUNT_RESULTS, account_row
from tiktok_insights.defs.assets.warehouse import LOAD_RESULT
from tiktok_insights.defs.checks import offenders_of
from tiktok_insights.defs.staging_entries import STAGING_RESULT
from tiktok_insights.raw.decision import SnapshotOrigin
from tiktok_insights.settings.environment import Settings
from tiktok_insights.staging import audit
from tiktok_insights.staging.staging_result import every_new_object_was_loaded
from tiktok_insights.text.printable import printable

#: The reason is in the log.
_ACCOUNT_COLUMNS = [name for name in ACCOUNT_COLUMNS if name != "reason"]
#: So many offenders of a check are listed.
_LISTED_OFFENDERS = 20
#: Dagster's error of a step whose blocking check is red.
_CHECK_FAILED = "DagsterAssetCheckFailedError"
#: If one of these is red, its batch is not published.
_AUDIT = {check.name for check in audit.CHECKS}
_NO_REQUESTS = "Every snapshot is fresh: no API requests were made"


class Summary:
    """A finished run, for people."""

    def __init__(self, result: dg.ExecuteInProcessResult, settings: Settings) -> None:
        self._result = result
        self._settings = settings
        self.succeeded = result.success
        metadata = {
            event.asset_key.to_user_string(): event.materialization.metadata
            for event in result.get_asset_materialization_events()
            if event.asset_key is not None
        }
        raw, staged, table = (metadata.get(name) for name in ("raw_followers", "staged_tiktok_data", "tiktok_data"))
        self._accounts = None if raw is None else ACCOUNT_RESULTS.read(raw)
        self._staged = None if staged is None else STAGING_RESULT.read(staged)
        self._load = None if table is None else LOAD_RESULT.read(table)
        self._checks = result.get_asset_check_evaluations()

    def text(self, seconds: float, *, show_next_steps: bool = True) -> str:
        """The whole summary; `seconds` is how long the run took."""
        word = click.style("Done", fg="green") if self.succeeded else click.style("FAILED", fg="red", bold=True)
        head = f"{word} in {seconds:.0f} s (run {self._result.run_id})."
        # A red check has its lines already.
        errors = (printable(said) for kind, said in self._failures() if kind != _CHECK_FAILED)
        parts = [*self._account_lines(), *self._table(), *self._check_lines(), *errors]
        if self.succeeded and show_next_steps:
            parts.append(self._next_steps())
        return "\n" + "\n\n".join([head, *parts])

    def document(self, seconds: float) -> dict[str, object]:
        """The summary for programs: a value of plain types."""
        return {
            "run_id": self._result.run_id,
            "succeeded": self.succeeded,
            "seconds": round(seconds, 1),
            "accounts": [account_row(account) for account in self._accounts or ()],
            "requests": sum(account.requests for account in self._accounts or ()),
            "table": self._table_name,
            "rows": self._load.users if self._load else None,
            "objects_loaded": self._load.objects_loaded if self._load else 0,
            "objects_refused": self._staged.objects_refused if self._staged else 0,
            "refused": [{"object": o.key, "reason": o.reason} for o in self._staged.refused] if self._staged else [],
            "checks": [
                {
                    "name": check.check_name,
                    "passed": check.passed,
                    "severity": check.severity.value,
                    "offenders": offenders_of(check),
                }
                for check in self._checks
            ],
            "failures": [said for _, said in self._failures()],
        }

    def _account_lines(self) -> Iterator[str]:
        if (accounts := self._accounts) is None:
            return
        rows = [[account_row(account)[column] for column in _ACCOUNT_COLUMNS] for account in accounts]
        yield layout(_ACCOUNT_COLUMNS, rows, null="")
        requests = sum(account.requests for account in accounts)
        fresh = all(account.origin is SnapshotOrigin.FRESH for account in accounts)
        spent = _NO_REQUESTS if fresh and not requests else counted(requests, "request")
        pages, seen = sum(account.pages for account in accounts), sum(account.users_seen for account in accounts)
        claimed = sum(account.users_claimed or 0 for account in accounts)
        yield f"{spent}; {counted(pages, 'page')}, {counted(seen, 'user')} seen of {claimed:,} claimed."

    def _table(self) -> Iterator[str]:
        if (load := self._load) is not None:
            objects = load.objects_loaded
            refused = self._staged.objects_refused if self._staged else 0
            new = f"{counted(objects, 'new object')} loaded" if objects or refused else "nothing new to load"
            new += f", {refused} refused" * (refused > 0)
            yield f"{self._table_name}: {load.users:,} rows, one per user; {new}."

    def _check_lines(self) -> Iterator[str]:
        red = sorted((check for check in self._checks if not check.passed), key=_blocks, reverse=True)
        if not self._checks:
            return
        lines = [f"Checks: {len(self._checks) - len(red)} of {len(self._checks)} passed."]
        said: set[str] = set()
        for check in red:
            # An object that this run refused is also one that is refused: once is enough.
            found = [offender for offender in offenders_of(check) if offender not in said] or ["the same"]
            said.update(found)
            lines.append(f"  {_severity(check)}: {check.check_name}:{_listed([*map(printable, found)])}")
        names = {check.check_name for check in red}
        if any(_blocks(check) and check.check_name in _AUDIT for check in red):
            lines.append("  Nothing was published. The next run stages the objects again.")
        elif every_new_object_was_loaded.name in names:
            lines.append("  The rest is published. Upload a fixed file under the same key, and the next run loads it.")
        yield "\n".join(lines)

    def _failures(self) -> Iterator[tuple[str, str]]:
        """The steps that failed: the error's class, and a sentence."""
        for event in self._result.all_events:
            if event.is_step_failure and (error := event.step_failure_data.error) is not None:
                cause = error.cause or error
                if cause.cls_name == "DagsterExecutionInterruptedError":
                    yield cause.cls_name, f"{event.step_key} was interrupted. Run again to resume."
                else:
                    yield cause.cls_name or "", f"{event.step_key} failed: {cause.message.strip()}"

    def _next_steps(self) -> str:
        command = command_path()
        return (
            f"Open:   {_from_here(dashboard_path(self._settings.home))}\n"
            f"Look:   {command} ui, then http://127.0.0.1:{DEFAULT_PORT}/runs\n"
            f'Query:  {command} sql "SELECT * FROM {self._settings.snowflake.view_schema}.TIKTOK_DATA LIMIT 10"\n'
            f"Stop:   {command} stop"
        )

    @property
    def _table_name(self) -> str:
        snowflake = self._settings.snowflake
        return f"{snowflake.database}.{snowflake.schema_name}.TIKTOK_DATA"


def _from_here(path: Path) -> Path:
    """The path as it can be typed here: relative if it is below this folder, so that it fits on a line."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _severity(check: dg.AssetCheckEvaluation) -> str:
    return click.style(check.severity.value, fg="red" if _blocks(check) else "yellow")


def _blocks(check: dg.AssetCheckEvaluation) -> bool:
    return check.severity is dg.AssetCheckSeverity.ERROR


def _listed(offenders: list[str]) -> str:
    """One offender beside the check's name, several below it."""
    if len(offenders) == 1:
        return f" {offenders[0]}"
    more = [f"and {len(offenders) - _LISTED_OFFENDERS:,} more"] if len(offenders) > _LISTED_OFFENDERS else []
    return "\n    ".join(["", *offenders[:_LISTED_OFFENDERS], *more])
