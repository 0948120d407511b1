"""The summary after a run: what was asked for, what is in the table, what the checks say, and where to go from here."""

from collections.abc import Iterator
from typing import Any

import click
import dagster as dg
from tabulate import tabulate

from tiktok_insights.cli.ui import DEFAULT_PORT
from tiktok_insights.settings.environment import Settings
from tiktok_insights.warehouse.table_checks import step_7

_ACCOUNT_COLUMNS = ("account", "outcome", "seen", "claimed", "requests", "snapshot")


class Summary:
    """A finished run, for people."""

    def __init__(self, result: dg.ExecuteInProcessResult, settings: Settings) -> None:
        self._result = result
        self._settings = settings
        self.succeeded = result.success
        self._metadata = {
            event.asset_key.to_user_string(): event.materialization.metadata
            for event in result.get_asset_materialization_events()
            if event.asset_key is not None
        }
        self._checks = result.get_asset_check_evaluations()

    def text(self, seconds: float) -> str:
        """The whole summary; `seconds` is how long the run took."""
        word = click.style("Done", fg="green") if self.succeeded else click.style("FAILED", fg="red", bold=True)
        head = f"{word} in {seconds:.0f} s (run {self._result.run_id})."
        parts = [head, *self._accounts(), *self._table(), *self._check_lines(), *self._failures(), self._next_steps()]
        return "\n" + "\n\n".join(parts)

    def document(self, seconds: float) -> dict[str, object]:
        """The summary for programs: a value of plain types."""
        raw, table = self._metadata.get("raw_followers"), self._metadata.get("tiktok_data")
        return {
            "run_id": self._result.run_id,
            "succeeded": self.succeeded,
            "seconds": round(seconds, 1),
            "accounts": [] if raw is None else [dict(record.data) for record in _records(raw["accounts"])],
            "requests": 0 if raw is None else _number(raw["requests"]),
            "table": self._table_name,
            "rows": None if table is None else _number(table["dagster/row_count"]),
            "objects_published": 0 if table is None else _number(table["objects_published"]),
            "checks": [
                {
                    "name": check.check_name,
                    "passed": check.passed,
                    "severity": check.severity.value,
                    "description": check.description,
                }
                for check in self._checks
            ],
            "failures": list(self._failures()),
        }

    def _accounts(self) -> Iterator[str]:
        if (raw := self._metadata.get("raw_followers")) is None:
            return
        records = [record.data for record in _records(raw["accounts"])]
        rows = [[record[column] for column in _ACCOUNT_COLUMNS] for record in records]
        yield tabulate(rows, headers=_ACCOUNT_COLUMNS, intfmt=",", disable_numparse=[0, 1, 5])
        requests, seen, claimed = (_number(raw[name]) for name in ("requests", "users_seen", "users_claimed"))
        fresh = all(str(record["snapshot"]).endswith("(fresh)") for record in records)
        spent = (
            "Every snapshot is fresh: no API requests were made" if fresh and not requests else f"{requests:,} requests"
        )
        yield f"{spent}; {_number(raw['pages']):,} pages, {seen:,} users seen of {claimed:,} claimed."

    def _table(self) -> Iterator[str]:
        if (table := self._metadata.get("tiktok_data")) is not None:
            objects = _number(table["objects_published"])
            new = f"{objects} new object{'s' * (objects != 1)} loaded" if objects else "nothing new to load"
            yield f"{self._table_name}: {_number(table['dagster/row_count']):,} rows, one per user; {new}."

    def _check_lines(self) -> Iterator[str]:
        red = [check for check in self._checks if not check.passed]
        if not self._checks:
            return
        lines = [f"Checks: {len(self._checks) - len(red)} of {len(self._checks)} passed."]
        lines += [f"  {_severity(check)}: {check.check_name}: {check.description or ''}" for check in red]
        if any(_blocks(check) and check.asset_key.to_user_string() == "staged_tiktok_data" for check in red):
            lines.append("  Nothing was published. The audit refused the objects at fault; run again to load the rest.")
        yield "\n".join(lines)

    def _failures(self) -> Iterator[str]:
        for event in self._result.all_events:
            if event.is_step_failure and (error := event.step_failure_data.error) is not None:
                cause = error.cause or error
                if cause.cls_name == "DagsterExecutionInterruptedError":
                    yield f"{event.step_key} was interrupted. Run again to resume."
                else:
                    yield f"{event.step_key} failed: {cause.message.strip()}"

    def _next_steps(self) -> str:
        statements = "; ".join(
            step_7(*(getattr(self._settings.snowflake, n) for n in ("role", "warehouse", "database", "view_schema")))
        )
        return (
            f"UI:     make ui   (tiktok-insights ui), then http://127.0.0.1:{DEFAULT_PORT}\n"
            f'Query:  tiktok-insights sql "{statements};"\n'
            "Stop:   make stop (tiktok-insights stop)"
        )

    @property
    def _table_name(self) -> str:
        snowflake = self._settings.snowflake
        return f"{snowflake.database}.{snowflake.schema}.TIKTOK_DATA"


def _severity(check: dg.AssetCheckEvaluation) -> str:
    return click.style(check.severity.value, fg="red" if _blocks(check) else "yellow")


def _blocks(check: dg.AssetCheckEvaluation) -> bool:
    return check.severity is dg.AssetCheckSeverity.ERROR


def _records(value: Any) -> list[dg.TableRecord]:
    return list(value.records)


def _number(value: Any) -> int:
    return int(getattr(value, "value", value))
