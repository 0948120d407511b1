"""Every command that README, tutorial and how-tos tell people to type is typed; `support/typed_guides.py` says how.

Half of the documents are in `test_documented_guides`, so that two workers type them. What can be said of a block
without typing it is tested here in `make test`.
"""

import re
from pathlib import Path

import pytest

from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights_tests.support.cli_user import CliUser
from tiktok_insights_tests.support.documents import GUIDES, ROOT, blocks, name
from tiktok_insights_tests.support.typed_guides import (
    ELSEWHERE,
    FIRST,
    NOT_TYPED,
    cli_user,
    first_run,
    missing_line,
    type_guide,
    without_comment,
)

__all__ = ["cli_user", "first_run"]

#: It writes the environment file of an orchestrator's machine.
MACHINE = ROOT / "deploy" / "orchestrator" / "user_data.sh"
#: The languages that have a meaning here; `python`, which test_other_tools.py runs; and those that are only shown.
LANGUAGES = {"sh", "text", "sql", "ini", "yaml", "python", "csv", "console"}


def test_what_a_document_shows_is_held_against_what_is_printed() -> None:
    """Times and ids may differ; a number, a line that is missing, or another order is found."""
    output = "Done in 12 s.\n\na    20261122T105819349Z   29\nrows: 3\n"
    assert missing_line("Done in 7 s.\n...\na  20260101T000000000Z  29\nrows: 3\n", output) is None
    assert missing_line("Done ... s.\nrows: ...\n", output) is None
    assert missing_line("rows ... 4\n", output) == "rows ... 4"
    assert missing_line("a  20260101T000000000Z  30\n", output) == "a  20260101T000000000Z  30"
    assert missing_line("rows: 3\nDone in 12 s.\n", output) == "Done in 12 s."


def test_every_block_has_a_language_with_a_meaning() -> None:
    """Nothing escapes these tests by a word that they do not know."""
    for guide in GUIDES:
        for block in blocks(guide):
            assert block.language in LANGUAGES, f"{name(guide)}: {block.text}"


def test_every_command_that_is_not_typed_is_in_a_document() -> None:
    """The list has nothing that is not needed any more."""
    lines = {without_comment(line) for guide in GUIDES for block in blocks(guide) for line in block.text.splitlines()}
    assert {FIRST, *ELSEWHERE, *NOT_TYPED} <= lines


def test_every_documented_setting_is_one() -> None:
    """Blocks for .env, and for the environment file of an orchestrator's machine, name variables that are read."""
    machine = set(re.findall(r"^(TIKTOK_INSIGHTS_[A-Z_]+)=", MACHINE.read_text(), re.MULTILINE))
    settings = [(name(guide), block.text) for guide in GUIDES for block in blocks(guide) if block.language == "ini"]
    assert settings
    for guide, text in settings:
        assert {line.partition("=")[0] for line in text.splitlines()} <= DEFAULTS.keys() | machine, guide


@pytest.mark.docs
@pytest.mark.parametrize("guide", GUIDES[::2], ids=name)
def test_a_guide_can_be_typed_from_its_first_line_to_its_last(cli_user: CliUser, first_run: str, guide: Path) -> None:
    """Each command exits with 0 and prints what the document shows, in the document's order."""
    type_guide(cli_user, first_run, guide)
