"""docs/explanation/what_it_costs.md: the monthly costs of three installations, and what they were calculated from."""

from docs.generate import markdown
from docs.generate.monthly_costs import (
    ASSUMED_ROW_BYTES,
    ASSUMED_RUN_SECONDS,
    CSV_BYTES,
    DAYS,
    GETS_A_SNAPSHOT,
    MACHINE,
    PRICES,
    PUTS_A_SNAPSHOT,
    RAW_BYTES,
    SECONDS_A_CREDIT,
    SECONDS_A_MILLION_ROWS,
    SENSOR_SECONDS,
    Installation,
    costs,
    glue_job,
)

#: By what is above the column.
INSTALLATIONS = {
    "1 account, 10,000 followers": Installation(1, 10_000),
    "20 accounts, 100,000 followers each": Installation(20, 100_000),
    "1,000 accounts, 10,000 followers each, full lists weekly": Installation(1_000, 10_000, full_walk_days=7),
}
_DAILY = Installation(1_000, 10_000).api_requests
_LARGEST = max(installation.largest_load_gb for installation in INSTALLATIONS.values())
_TEN_MINUTES = DAYS * (600 - ASSUMED_RUN_SECONDS) / SECONDS_A_CREDIT * PRICES["Snowflake credit, Standard"].usd

_INTRODUCTION = f"""{markdown.NOTICE}

# What a month costs

These are estimates from list prices, not bills: no one has run this on AWS and Snowflake yet. They are for us-east-1,
one run a day, in the twelfth month, without taxes, discounts and free tiers. The plan of the API is not included: see
[what it costs](../how_to/own_api_key.md#what-it-costs)."""

_WHAT_DECIDES = f"""## What decides

- **The API.** It gives at most 10,000 users of a list, so an account with 100,000 followers costs as much as one with
  10,000. Reading 1,000 full lists every day takes {_DAILY:,} requests a month. That is why the last column reads them
  weekly, and otherwise [incrementally](../how_to/own_api_key.md#what-it-costs).
- **The machine** runs all month. A load takes less than 1 GB ([performance](../performance.md)), so the 8 GB of
  {MACHINE} leave room for the UI, the daemon, PostgreSQL and a run.
- **The sensor** lists all CSVs every {SENSOR_SECONDS} seconds, 1,000 in a request, so its cost grows with the number
  of snapshots. With many accounts it is the largest item. Turn it off if only the schedule brings objects: each run
  loads what it extracts.
- **Snowflake** is paid by the second while the virtual warehouse is awake, at least 60 seconds each time. Each run
  adds the 60 seconds until it is suspended. What people and dashboards ask is not included: an hour awake is a credit.
  `MAIN.RUN_COSTS` says [what each run used](../how_to/logs_and_metrics.md#what-each-run-cost).
- **Glue** costs nothing here: the largest load, {_LARGEST:.1f} GB, is below `GLUE_ABOVE_GB`. A job with 10 workers
  that takes 15 minutes costs ${glue_job(10, 15):.2f}.

Not included: data transfer, logs and alarms, snapshots of the volume, earlier versions of objects, Power BI,
a NAT gateway, which a machine with a public address does not need, and the crawler of the data stack, which each run
starts as long as the settings have the line `GLUE_CRAWLER`."""

_WHAT_IS_COUNTED = f"""Check the prices before you rely on them. They are in `docs/generate/monthly_costs.py`.

Counted in a run, and compared with one by a test: a new snapshot takes a PUT for each page of 30 users and
{PUTS_A_SNAPSHOT} more, {GETS_A_SNAPSHOT} GETs or HEADs, and a LIST. A user takes {RAW_BYTES} bytes in the compressed
responses of the fake API, and {CSV_BYTES} bytes in a CSV.

Measured on the local warehouse, not on Snowflake: {SECONDS_A_MILLION_ROWS} seconds to load a million rows. Assumed,
because only a real account can tell: {ASSUMED_RUN_SECONDS} seconds for all other statements of a run, and
{ASSUMED_ROW_BYTES} bytes for a row of the history. If a run keeps Snowflake busy for ten minutes instead, add
${_TEN_MINUTES:.2f} a month."""


def what_it_costs() -> str:
    """The whole document."""
    prices = [(name, f"{price.usd:g}", price.unit, price.source, price.read_in) for name, price in PRICES.items()]
    table = markdown.table(("price", "US dollars", "for each", "source", "as of"), prices)
    parts = (_INTRODUCTION, _costs(), _WHAT_DECIDES, "## What it was calculated from", table, _WHAT_IS_COUNTED)
    return "\n\n".join(parts) + "\n"


def _costs() -> str:
    columns = [costs(installation) for installation in INSTALLATIONS.values()]
    rows = [(name, *(f"${column[name]:,.2f}" for column in columns)) for name in columns[0]]
    rows.append(("**together**", *(f"**${sum(column.values()):,.2f}**" for column in columns)))
    rows.append(("requests to the API", *(f"{each.api_requests:,}" for each in INSTALLATIONS.values())))
    rows.append(("in the bucket", *(f"{each.gigabytes:,.0f} GB" for each in INSTALLATIONS.values())))
    return markdown.table(("a month", *INSTALLATIONS), rows)
