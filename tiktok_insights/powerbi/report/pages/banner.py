"""What is on top of every page: the account, the period where it changes something, and what the numbers rest on."""

from collections.abc import Mapping

from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import Field, Json, column, measures
from tiktok_insights.powerbi.report.filters import one_of
from tiktok_insights.powerbi.report.visuals import Drawn

ACCOUNT = "account"
_PERIOD = "period"
BANNER = "coverage_banner"


def slicers(*, has_period: bool) -> tuple[Drawn, ...]:
    """The slicers; the same value is chosen on all pages."""
    account = _slicer(ACCOUNT, "Account", column("ACCOUNT_COVERAGE.ACCOUNT"), "Chooses the account", styles.ONE_VALUE)
    if not has_period:
        return (account,)
    days = column("ACCOUNT_PERIODS.DAYS")
    chosen = {**styles.ONE_VALUE, "general": [{"properties": {"filter": {"filter": _default(days)}}}]}
    return account, _slicer(_PERIOD, "Period, in days", days, "Chooses the period", chosen)


def banner(question: str, scope: str) -> Drawn:
    """The page's question, and the sentence that says how much of the list was seen."""
    return Drawn(
        BANNER,
        "card",
        {"Values": measures("Coverage")},
        question,
        "What the numbers of this page rest on: how much of the list was seen, and when.",
        subtitle=scope,
        objects=styles.SENTENCE,
    )


def _default(days: Field) -> Json:
    return one_of(days, int(VALUES["short_period"])).definition


def _slicer(name: str, title: str, field: Field, purpose: str, objects: Mapping[str, list[Json]]) -> Drawn:
    return Drawn(
        name,
        "slicer",
        {"Values": (field,)},
        title,
        f"{purpose}, on all pages.",
        objects={**objects, "header": [{"properties": {"show": {"expr": {"Literal": {"Value": "false"}}}}}]},
        sync_group=name,
    )
