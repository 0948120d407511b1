"""What the benchmark of the dashboard does in processes of its own."""

from benchmarks.children import Stopwatch
from benchmarks.workplace import Workplace
from tiktok_insights.dashboard.making import make_page
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts


def make_marts(watch: Stopwatch, **place: str) -> None:
    """Make all marts."""
    with Workplace.of(**place).session() as session, watch:
        for mart in all_marts():
            Marts(session).make(mart)


def make(watch: Stopwatch, **place: str) -> int:
    """Make the page, and give its bytes."""
    here = Workplace.of(**place)
    with here.session() as session, watch:
        return len(make_page(session, here.settings.dashboard).page.encode())
