"""Which documents are generated, and by what."""

from collections.abc import Callable
from pathlib import Path

from docs.generate.checks import checks
from docs.generate.cli import cli
from docs.generate.configuration import configuration, env_example
from docs.generate.data_model import data_model
from docs.generate.power_bi_checks import power_bi_checks
from docs.generate.snowflake_setup import SETUP, snowflake_setup
from docs.generate.table_version import TABLE_VERSION, table_version
from docs.generate.what_it_costs import what_it_costs

ROOT = Path(__file__).parents[2]

#: What gives the text of each document, by its path below the root.
GENERATED: dict[str, Callable[[], str]] = {
    ".env.example": env_example,
    "docs/data_model.md": data_model,
    "docs/explanation/what_it_costs.md": what_it_costs,
    "docs/reference/checks.md": checks,
    "docs/reference/cli.md": cli,
    "docs/reference/configuration.md": configuration,
    "docs/reference/power_bi_checks.md": power_bi_checks,
    SETUP: snowflake_setup,
    TABLE_VERSION: table_version,
}
