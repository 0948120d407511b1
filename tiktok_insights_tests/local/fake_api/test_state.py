"""What survives a restart, and how damage is reported."""

import json
import pathlib

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START, month_of, seconds_to_next_month
from tiktok_insights.local.fake_api.state import FILE_NAME, Settings, State


def test_clock_settings_and_counters_survive_a_restart(tmp_path: pathlib.Path) -> None:
    """A second process goes on where the first was killed; its own settings do not override."""
    first = State(tmp_path / "new" / "folder", Settings(monthly_quota=7))
    first.advance(86_400)
    first.spend("local-key", "/api/user/info")
    first.served_by_account["city.museum"] += 1
    first.save()
    second = State(tmp_path / "new" / "folder", Settings(monthly_quota=99))
    assert second.status() == first.status()
    assert (second.clock, second.spent("local-key")) == (VIRTUAL_START + 86_400, 1)
    assert second.settings.monthly_quota == 7


def test_no_half_written_file_is_left(tmp_path: pathlib.Path) -> None:
    """The new file takes the old one's place in one step."""
    state = State(tmp_path)
    state.save()
    state.save()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_file_of_a_version_without_faults_is_read(tmp_path: pathlib.Path) -> None:
    """It has neither faults nor a quota spent elsewhere."""
    state = State(tmp_path)
    state.advance(60)
    state.save()
    file = tmp_path / FILE_NAME
    stored = json.loads(file.read_text(encoding="utf-8"))
    for name in ("faults", "fault_book", "spent_elsewhere_by_month"):
        del stored[name]
    file.write_text(json.dumps(stored), encoding="utf-8")
    assert State(tmp_path).status() == state.status()


def test_a_damaged_book_of_faults_is_named_with_the_remedy(tmp_path: pathlib.Path) -> None:
    """A fault that is not there any more would make a test lie."""
    State(tmp_path).save()
    file = tmp_path / FILE_NAME
    stored = json.loads(file.read_text(encoding="utf-8"))
    stored["fault_book"]["posted"] = {"1": {"kind": "no-such-kind"}}
    file.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{FILE_NAME} is damaged .*no-such-kind.*delete it"):
        State(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"clock": "x"}', "not JSON"])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: pathlib.Path, text: str) -> None:
    """Never silently started afresh: quota would be forgotten."""
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{FILE_NAME} is damaged .*delete it"):
        State(tmp_path)


@pytest.mark.parametrize(
    ("at", "month", "left"),
    [(VIRTUAL_START, "2026-05", 2_678_400), (VIRTUAL_START - 1, "2026-04", 1), (1_798_675_200, "2026-12", 86_400)],
)
def test_the_quota_follows_calendar_months(at: int, month: str, left: int) -> None:
    """December ends in January."""
    assert (month_of(at), seconds_to_next_month(at)) == (month, left)
