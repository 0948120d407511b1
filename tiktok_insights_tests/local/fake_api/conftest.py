"""One served fake API for each test module that asks for it."""

import pathlib
from collections.abc import Iterator

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights_tests.support.served import Api, served


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A fake API with the default accounts, at the start of virtual time; shared by the module's tests."""
    folder: pathlib.Path = tmp_path_factory.mktemp("fake_api")
    with served(create_app(folder)) as api:
        yield api
