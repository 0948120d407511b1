"""The other half of the documents in `test_documented_commands`, typed in the same way."""

from pathlib import Path

import pytest

from tiktok_insights_tests.support.cli_user import CliUser
from tiktok_insights_tests.support.documents import GUIDES, name
from tiktok_insights_tests.support.typed_guides import cli_user, first_run, type_guide

__all__ = ["cli_user", "first_run"]

pytestmark = pytest.mark.docs


@pytest.mark.parametrize("guide", GUIDES[1::2], ids=name)
def test_a_guide_can_be_typed_from_its_first_line_to_its_last(cli_user: CliUser, first_run: str, guide: Path) -> None:
    """Each command exits with 0 and prints what the document shows, in the document's order."""
    type_guide(cli_user, first_run, guide)
