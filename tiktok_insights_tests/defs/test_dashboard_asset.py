"""The asset `dashboard`: made when the marts have changed or the file is gone, and left as it is otherwise."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path
from tiktok_insights.definitions import defs
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.loading import Loader

pytestmark = pytest.mark.runs

MARTS = [mart.name for mart in all_marts()]


class Dashboard:
    """The step, run again and again in one Dagster instance after the marts."""

    def __init__(self, loader: Loader, path: Path) -> None:
        self.loader, self.path = loader, path
        self.instance = dg.DagsterInstance.ephemeral()
        self.statements: list[str] = []

    def make(self) -> bytes:
        """Materialize the marts and the dashboard; give the page, which is the same in the bucket."""
        self.run(*MARTS)
        return self.make_of_the_same_marts()

    def make_of_the_same_marts(self) -> bytes:
        """Materialize the dashboard alone, after something else than data has changed; give the page."""
        assert self.run("dashboard").success
        page = self.path.read_bytes()
        assert self.loader.store.get(DASHBOARD_KEY).body == page
        return page

    def run(self, *names: str) -> dg.ExecuteInProcessResult:
        """Materialize these assets."""
        job = defs().resolve_implicit_global_asset_job_def()
        with Requests().watched() as requests:
            result = job.execute_in_process(
                asset_selection=[dg.AssetKey(name) for name in names], instance=self.instance, raise_on_error=False
            )
        self.statements = requests.statements
        return result

    @property
    def was_read(self) -> bool:
        """Whether the last run read any mart."""
        return re.search(r"\b(FROM|JOIN) MAIN\.", "\n".join(self.statements)) is not None

    @property
    def metadata(self) -> Mapping[str, dg.MetadataValue]:
        """What the asset's page shows."""
        event = self.instance.get_latest_materialization_event(dg.AssetKey("dashboard"))
        assert event is not None
        assert event.asset_materialization is not None
        return event.asset_materialization.metadata


@pytest.fixture
def made(loader: Loader, settings: Settings) -> Dashboard:
    """The dashboard over two users, made once."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.load()
    dashboard = Dashboard(loader, dashboard_path(settings.home))
    dashboard.make()
    assert dashboard.was_read
    return dashboard


def delete_the_file(made: Dashboard) -> None:
    """Somebody tidies up."""
    made.path.unlink()


def delete_the_object(made: Dashboard) -> None:
    """Somebody empties the bucket."""
    made.loader.store._s3.delete_object(Bucket=made.loader.store.bucket, Key=DASHBOARD_KEY)


def publish(made: Dashboard) -> None:
    """One more user."""
    made.loader.put("b", csv_file(row("3")))
    made.loader.load()


def test_it_is_made_again_when_it_is_out_of_date_or_gone_and_only_then(made: Dashboard) -> None:
    """Without a change no mart is read, the file keeps its time, and the asset's page shows what it showed."""
    before = made.path.stat().st_mtime_ns, made.metadata
    made.make()
    assert not made.was_read
    assert (made.path.stat().st_mtime_ns, made.metadata) == before
    page = made.path.read_bytes()
    for delete in (delete_the_file, delete_the_object):
        delete(made)
        assert made.make_of_the_same_marts() == page
        assert made.was_read
    publish(made)
    assert made.make() != page
    assert made.was_read


def test_pseudonyms_are_another_file(made: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting takes effect at once, and so does another key."""
    plain = made.make_of_the_same_marts()
    monkeypatch.setenv("TIKTOK_PSEUDONYMS", "1")
    monkeypatch.setenv("TIKTOK_PSEUDONYM_KEY", "one")
    first = made.make_of_the_same_marts()
    monkeypatch.setenv("TIKTOK_PSEUDONYM_KEY", "other")
    assert len({plain, first, made.make_of_the_same_marts()}) == 3


def test_without_the_extra_the_page_is_made_and_the_extra_named(
    made: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the picture is missing; with it, the metadata show it and where the file is."""
    metadata = made.metadata
    assert metadata["file"].value == str(made.path)
    assert metadata["dagster/uri"].value == made.loader.store.uri(DASHBOARD_KEY)
    assert metadata["bytes"].value == len(made.path.read_bytes())
    assert str(metadata["picture"].value).startswith("![The dashboard](data:image/png;base64,")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    made.path.unlink()
    made.make_of_the_same_marts()
    assert "pip install 'tiktok-insights[dashboard]'" in str(made.metadata["picture"].value)


def test_a_warehouse_without_data_has_a_dashboard_that_says_so(loader: Loader, settings: Settings) -> None:
    """Before the first load there are marts, and nobody in them."""
    dashboard = Dashboard(loader, dashboard_path(settings.home))
    assert b"<html" in dashboard.make()
    assert dashboard.metadata["accounts"].value == 0
