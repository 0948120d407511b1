"""The report's committed files, through every gate that needs nothing but Python."""

from tiktok_insights_tests.powerbi.gates import schemas
from tiktok_insights_tests.support.documents import ROOT

FOLDER = ROOT / "powerbi"


def test_every_file_is_as_microsofts_schemas_say() -> None:
    """Power BI Desktop refuses a project of which a file is not."""
    assert schemas.problems(FOLDER) == []
