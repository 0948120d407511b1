"""The folder's fixtures: AWS in this process, whose requests are recorded."""

from collections.abc import Iterator

import pytest

from tiktok_insights_tests.support.aws_calls import RecordedAws, recorded_aws


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedAws]:
    """AWS for all tests of a module: its start takes longer than most of them."""
    with recorded_aws(tmp_path_factory.mktemp("aws")) as served:
        yield served
