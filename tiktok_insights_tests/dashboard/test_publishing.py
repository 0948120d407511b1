"""Publishing: a reader finds the page from before or the new one, on this machine and in the bucket."""

import threading
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path, upload_page, write_page

OLD, NEW = "<p>old</p>" * 50_000, "<p>new é</p>" * 50_000


def test_a_page_is_replaced_in_one_step(tmp_path: Path) -> None:
    """Whoever reads while it is written again and again never finds half of one, nor a second file."""
    path = dashboard_path(tmp_path)
    write_page(path, OLD)
    found: set[str] = set()
    is_done = threading.Event()

    def read() -> None:
        while not is_done.is_set():
            found.add(path.read_text("utf-8"))

    reader = threading.Thread(target=read)
    reader.start()
    for page in [NEW, OLD] * 20:
        write_page(path, page)
    is_done.set()
    reader.join(timeout=30)
    assert found <= {OLD, NEW}
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]


def test_only_the_owner_may_read_the_page(tmp_path: Path) -> None:
    """It holds people's names."""
    write_page(tmp_path / "page.html", NEW)
    assert (tmp_path / "page.html").stat().st_mode & 0o077 == 0


def test_a_page_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "page.html"
    write_page(path, OLD)
    with pytest.raises(UnicodeEncodeError):
        write_page(path, "half a letter: \ud800")
    assert path.read_text("utf-8") == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_the_bucket_serves_the_page_as_html(store: ObjectStore) -> None:
    """A presigned link opens in a browser instead of being downloaded."""
    assert upload_page(store, NEW) == f"s3://{store.bucket}/exports/dashboard/index.html"
    answer = store._s3.get_object(Bucket=store.bucket, Key=DASHBOARD_KEY)
    assert answer["ContentType"] == "text/html; charset=utf-8"
    assert answer["Body"].read().decode() == NEW
