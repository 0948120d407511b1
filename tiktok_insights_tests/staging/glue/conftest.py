"""The folder's fixtures: AWS in this process, and a bucket there; the warehouse is the folder's own."""

import uuid
from collections.abc import Iterator

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights_tests.support.own_glue import OwnGlue, own_glue


@pytest.fixture(scope="package")
def served_glue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnGlue]:
    """AWS for all tests: its start takes longer than most of them."""
    with own_glue(tmp_path_factory.mktemp("own_glue")) as served:
        yield served


@pytest.fixture
def glue(served_glue: OwnGlue) -> Iterator[OwnGlue]:
    """AWS whose job does nothing yet."""
    served_glue.reset()
    yield served_glue
    served_glue.over.set()


@pytest.fixture
def bucket(glue: OwnGlue) -> ObjectStore:
    """A bucket of the test's own there."""
    store = ObjectStore(glue.client("s3"), f"bucket-{uuid.uuid4().hex[:12]}")
    store.ensure_bucket()
    return store
