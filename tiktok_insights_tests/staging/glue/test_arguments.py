"""The job reads the arguments that the launcher writes, whatever Glue adds to them."""

import pytest

from tiktok_insights.staging.glue.arguments import JOB_RUN_ID, JobArguments
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told

_GIVEN = JobArguments("bucket", "batch", "a connection", Namespace.named("db", "s", "i", "v"))
_GLUES = {
    "--JOB_NAME": "tiktok_etl",
    "--JOB_ID": "j",
    "--TempDir": "s3://b/t",
    JOB_RUN_ID: "jr_1",
    "--enable-metrics": "",
}


def words(given: dict[str, str]) -> list[str]:
    """The words of a command line."""
    return [word for item in given.items() for word in item]


@pytest.mark.parametrize(
    "argv",
    [
        words(_GLUES | _GIVEN.to_glue()),
        words(_GIVEN.to_glue() | _GLUES),
        [f"{name}={value}" for name, value in (_GIVEN.to_glue() | _GLUES).items()],
        words({"--bucket": "replaced"} | _GLUES) + words(_GIVEN.to_glue()),
    ],
)
def test_arguments_arrive(argv: list[str]) -> None:
    """In any order, in both spellings, among those of Glue; of two values the last counts."""
    read = JobArguments.from_argv(argv)
    assert read == JobArguments("bucket", "batch", "a connection", Namespace("DB", "S", "I", "V"), "jr_1")


@pytest.mark.parametrize("missing", [*_GIVEN.to_glue(), JOB_RUN_ID])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_argument_is_named(missing: str, value: str | None) -> None:
    """Also one that is the last word, or empty."""
    given = _GIVEN.to_glue() | _GLUES
    del given[missing]
    with told("The job run has no value for", f" {missing}."):
        JobArguments.from_argv(words(given) + ([] if value is None else [missing, value]))
    with told("The job run has no value for", f" {missing}."):
        JobArguments.from_argv([*words(given), missing])
