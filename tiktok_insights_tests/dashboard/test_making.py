"""Making the page: from a real warehouse, with and without pseudonyms; before the first run it says what to do."""

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.making import make_page
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.troubleshooting import told


def test_missing_marts_are_named_with_what_makes_them(session: Session, settings: Settings) -> None:
    """The tables are there, and no run has made a mart."""
    with told("The marts in", "The marts in MAIN are missing"):
        make_page(session, settings.dashboard)
