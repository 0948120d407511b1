"""Rows of people who were removed, in files that anyone may put into the bucket again."""

from pathlib import Path

import pytest

from tiktok_insights.staging import suppressed_rows
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.suppressed_rows import take_out
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.staged_outcomes import staged
from tiktok_insights_tests.support.suppressed_files import FILES, LIST, UNLOADABLE, bare, victims
from tiktok_insights_tests.support.troubleshooting import told


def test_nobody_on_the_list_means_that_no_file_is_read(tmp_path: Path) -> None:
    """Without a list there is nothing to pay."""
    assert take_out(tmp_path / "missing.csv", SuppressionList()) == 0


@pytest.mark.parametrize("name", FILES)
def test_exactly_the_rows_of_the_person_are_taken_out(name: str, tmp_path: Path) -> None:
    """Every other line keeps its bytes and its number."""
    body = FILES[name]
    path = tmp_path / "0.csv"
    path.write_bytes(body)
    if name == UNLOADABLE:
        with pytest.raises(UnloadableError, match="unclosed quote"):
            take_out(path, LIST)
        return
    assert take_out(path, LIST) == victims(body)
    assert path.read_bytes() == bare(body)


def test_a_line_that_is_lost_on_the_way_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays as it is, and is refused."""
    path = tmp_path / "0.csv"
    path.write_bytes(FILES["one of many"])
    monkeypatch.setattr(suppressed_rows, "id_sum", lambda ids: len(list(ids)))
    with told("the rows of people who were removed cannot be told"):
        take_out(path, LIST)
    assert path.read_bytes() == FILES["one of many"]


def test_a_file_is_what_it_is_without_the_person(loader: Loader) -> None:
    """Rows, reasons and quarantine are those of the same file without these rows, and they are counted."""
    for name, body in FILES.items():
        loader.put(name, body)
    with_list = staged(loader, LocalEngine(loader.store, loader.session, LIST))
    for name, body in FILES.items():
        loader.put(name, bare(body))
    without = staged(loader)
    of_object = ("ETAG", "SIZE_BYTES", "CONTENT_SHA256", "FIRST_MODIFIED", "LAST_MODIFIED")
    for key, facts in without.objects.items():
        found = with_list.objects[key]
        expected = victims(FILES[key.rpartition("/")[2].removesuffix(".csv")])
        suppressed = 0 if found["REASON"] else expected
        assert found["ROWS_SUPPRESSED"] == suppressed
        same = {**facts, "ROWS_SUPPRESSED": suppressed, "ROWS_IN": facts["ROWS_IN"] + suppressed}
        assert {**found, **dict.fromkeys(of_object)} == {**same, **dict.fromkeys(of_object)}
    place = STAGED_TIKTOK_DATA.names.index("FIRST_MODIFIED")
    rows, expected_rows = ({row[:place] + row[place + 1 :] for row in made.rows} for made in (with_list, without))
    assert rows == expected_rows
    assert len(rows) > 30
    assert len(without.quarantine) == 2
    assert list(with_list.quarantine.values()) == list(without.quarantine.values())
