"""Makes the page: reads the facts, gives them pseudonyms if the settings say so, and draws them.

Where the page goes belongs in `publishing`, when it is made in defs/ and cli/.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.facts.account import Facts
from tiktok_insights.dashboard.pseudonyms import Pseudonyms, read_key
from tiktok_insights.dashboard.reading.facts import read_facts
from tiktok_insights.dashboard.view.render import render
from tiktok_insights.settings.client_settings import DashboardSettings

#: Snowflake's error number for "does not exist or not authorized".
_MISSING = 2003


class MartsMissingError(RuntimeError):
    """The marts do not exist, or this role may not read them."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was shown, with the names that are shown, and the page."""

    facts: Facts
    page: str


def make_page(session: Session, settings: DashboardSettings, accounts: Sequence[str] = ()) -> Made:
    """Make the page of these accounts, by default of the largest ones.

    Raises MartsMissingError, NoSnapshotError, and OSError if the key cannot be read.
    """
    try:
        facts = read_facts(session, accounts)
    except ProgrammingError as error:
        if error.errno != _MISSING:
            raise
        msg = (
            f"The marts in {session.namespace.view_schema} are missing, or this role may not read them. Make them "
            "with: tiktok-insights run"
        )
        raise MartsMissingError(msg) from error
    if settings.pseudonyms:
        facts = pseudonyms_of(settings).facts(facts)
    return Made(facts, render(facts))


def pseudonyms_of(settings: DashboardSettings) -> Pseudonyms:
    """The pseudonyms under the key of the settings. Raises OSError if it cannot be read."""
    return Pseudonyms(read_key(settings.pseudonym_key, Path(settings.home)))
