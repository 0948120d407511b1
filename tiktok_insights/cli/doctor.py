"""`tiktok-insights doctor`: what a deployment lacks, and what fixes it. No logic but wording."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tiktok_insights.cli.commands import format_option
from tiktok_insights.cli.ui import DEFAULT_PORT, ui_lock
from tiktok_insights.settings.environment import our_variables
from tiktok_insights.text.printable import printable

if TYPE_CHECKING:
    from tiktok_insights.doctor.findings import Finding

#: So many that cannot be looked at for the same cause are shown as one line.
_SEVERAL = 2


@click.command()
@format_option("json")
@click.option("--api", is_flag=True, help="Also ask the API about the first account, which costs one request.")
def doctor(output: str, *, api: bool) -> None:
    """Check what a run needs, and change nothing.

    Looks at settings, machine, API and, in the deployment `aws`, at each AWS permission and each Snowflake grant, side
    by side, within seconds. For what is missing it prints the policy statement, the GRANT or the command that fixes it.
    Some things cannot be told without a change: they come with the command that would tell.

    The exit code is 1 if something is missing that a run needs.

    \b
    Examples:
        tiktok-insights doctor
        tiktok-insights doctor --format json
    """  # noqa: D301  # click's mark of lines to leave as they are
    from tiktok_insights.doctor.configuration import read_configuration
    from tiktok_insights.doctor.diagnosis import Extent, diagnose

    configuration = read_configuration(our_variables())
    home = configuration.settings.home
    extent = Extent(ui_port=DEFAULT_PORT, ui_lock=ui_lock(home), spend_request=api)
    findings = diagnose(configuration, extent)
    if output == "json":
        click.echo(json.dumps([_document(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for line in _lines(findings):
            click.echo(printable(line))
    if any(finding.is_fault for finding in findings):
        sys.exit(1)


def _document(finding: "Finding") -> dict[str, object]:
    subject, outcome = finding.subject, finding.outcome
    return {
        "area": subject.area,
        "name": subject.name,
        "state": outcome.state.value,
        "optional": subject.optional,
        "stage": subject.stage,
        "place": subject.place,
        "reason": outcome.reason,
        "remedy": outcome.remedy,
    }


def _lines(findings: Sequence["Finding"]) -> "list[str]":
    """A line for each area with how much of it is there, then what is not, each with its remedy."""
    from tiktok_insights.doctor.findings import State

    lines = []
    for area in dict.fromkeys(finding.subject.area for finding in findings):
        found = [finding for finding in findings if finding.subject.area == area]
        there = sum(finding.outcome.state is State.OK for finding in found)
        lines.append(f"{area}: {there} of {len(found)} ok")
        # One cause, one line, however many cannot be looked at because of it; a program gets each.
        causes = Counter(finding.outcome.reason for finding in found if finding.outcome.blocked)
        for finding in found:
            is_one_of_several = finding.outcome.blocked and causes[finding.outcome.reason] >= _SEVERAL
            if finding.outcome.state is not State.OK and not is_one_of_several:
                lines += _entry(finding)
        several = {cause: number for cause, number in causes.items() if number >= _SEVERAL}
        lines += [f"  cannot tell: {number} of {len(found)}. {cause}" for cause, number in several.items()]
    faults = sum(finding.is_fault for finding in findings)
    lines.append(f"Missing: {faults}." if faults else "Nothing that a run needs is missing.")
    return lines


def _entry(finding: "Finding") -> list[str]:
    subject, outcome = finding.subject, finding.outcome
    state = f"{outcome.state.value}, optional" if subject.optional else outcome.state.value
    stage = f" (stage {subject.stage})" if subject.stage else ""
    lines = [f"  {state}: {subject.name}{stage}, {subject.place}"]
    lines += [f"    {outcome.reason}"] if outcome.reason else []
    return lines + [f"    {line}" for line in outcome.remedy.splitlines()]
