"""docs/explanation/what_it_costs.md: the monthly costs of three installations, and what they were calculated from."""

from docs.generate import markdown
from docs.generate.monthly_costs import (
    ASSUMED_ROW_BYTES,
    ASSUMED_RUN_SECONDS,
    CSV_BYTES,
    GETS_A_SNAPSHOT,
    PRICES,
    PUTS_A_SNAPSHOT,
    RAW_BYTES,
    SECONDS_A_MILLION_ROWS,
    SENSOR_SECONDS,
    Installation,
    costs,
    glue_job,
)

#: By what stands above the column.
INSTALLATIONS = {
    "1 account, 10,000 followers": Installation(1, 10_000),
    "20 accounts, 100,000 followers each": Installation(20, 100_000),
    "1,000 accounts, 10,000 followers each, full lists weekly": Installation(1_000, 10_000, full_walk_days=7),
}


def what_it_costs() -> str:
    """The whole document."""
    return f"""{markdown.NOTICE}

# What a month costs

These are estimates from list prices, not bills: no one has run this on AWS and Snowflake yet. They are for us-east-1, one run a day, in
the twelfth month, without taxes, discounts and free tiers. The plan of the API is not included: see
[what it costs](../how_to/own_api_key.md#what-it-costs).

{_table()}

## What decides

- **The API.** It gives at most 10,000 users of a list, so an account with 100,000 followers costs as much as one with 10,000. Reading
  1,000 full lists every day takes {Installation(1_000, 10_000).api_requests:,} requests a month. That is why the last column reads them
  weekly, and otherwise [incrementally](../how_to/own_api_key.md#what-it-costs).
- **The machine** runs all month. A load takes less than 1 GB ([performance](../performance.md)), so 4 GB are enough for the UI, the
  daemon, PostgreSQL and a run.
- **The sensor** lists all CSVs every {SENSOR_SECONDS} seconds, 1,000 in a request, so its cost grows with the number of snapshots. With
  many accounts it is the largest item: turn the sensor off if only the schedule brings objects, because each run loads what it extracts.
- **Snowflake** is paid by the second while the warehouse is awake, at least 60 seconds each time. Each run adds the 60 seconds until it
  is suspended. What people and dashboards ask is not included: an hour awake is one credit.
- **Glue** costs nothing here: the largest load, {_largest():.1f} GB, is below `GLUE_ABOVE_GB`. A job with 10 workers that takes 15 minutes
  costs ${glue_job(10, 15):.2f}. A crawler is off by default.

Not included: data transfer, logs, metrics and alarms, snapshots of the volume, earlier versions of objects, Power BI, and a NAT gateway,
which this does not need.

## What it was calculated from

{markdown.table(("price", "US dollars", "for each", "source", "as of"), _prices())}

Check them before you rely on them. They are in `docs/generate/monthly_costs.py`.

Counted in a run, and compared with one by a test: a new snapshot takes a PUT for each page of 30 users and {PUTS_A_SNAPSHOT} more,
{GETS_A_SNAPSHOT} GETs or HEADs, and a LIST. A user takes {RAW_BYTES} bytes in the compressed responses of the fake API and
{CSV_BYTES} bytes in a CSV.

Measured on the local warehouse, not on Snowflake: {SECONDS_A_MILLION_ROWS} seconds to load a million rows. Assumed, because only a real
account can tell: {ASSUMED_RUN_SECONDS} seconds for all other statements of a run, and {ASSUMED_ROW_BYTES} bytes for a row of the history.
If a run takes ten minutes of Snowflake instead, add ${_ten_minutes():.2f} a month.
"""


def _table() -> str:
    columns = [costs(installation) for installation in INSTALLATIONS.values()]
    rows = [(name, *(f"${column[name]:,.2f}" for column in columns)) for name in columns[0]]
    rows.append(("**together**", *(f"**${sum(column.values()):,.2f}**" for column in columns)))
    rows.append(("requests to the API", *(f"{each.api_requests:,}" for each in INSTALLATIONS.values())))
    rows.append(("in the bucket", *(f"{each.gigabytes:,.0f} GB" for each in INSTALLATIONS.values())))
    return markdown.table(("a month", *INSTALLATIONS), rows)


def _prices() -> list[tuple[str, ...]]:
    return [(name, f"{price.usd:g}", price.unit, price.source, price.read_in) for name, price in PRICES.items()]


def _largest() -> float:
    return max(installation.largest_load_gb for installation in INSTALLATIONS.values())


def _ten_minutes() -> float:
    return 30 * (600 - ASSUMED_RUN_SECONDS) / 3_600 * PRICES["Snowflake credit, Standard"].usd
