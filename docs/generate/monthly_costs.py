"""What a month costs on AWS and Snowflake: prices, what the code does, and the sum for an installation. Pure.

Add a price here with its source and the month in which it was read. How the numbers are shown belongs in
`what_it_costs.py`; what is counted is compared with real runs by the tests.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """A list price in US dollars, without tax or discount; `read_in` is when the source said so."""

    usd: float
    unit: str
    source: str
    read_in: str


#: The machine in deploy/cloudformation/orchestrator.yaml, and its two volumes: for the system, and for the data.
MACHINE, VOLUME_GB = "t4g.large", 20 + 40
#: us-east-1, on demand. The sources were found by search; the providers' own pages decide.
PRICES = {
    f"EC2 {MACHINE}": Price(0.0672, "hour", "public cost tools on GitHub agree", "November 2026"),
    "public IPv4 address": Price(0.005, "hour", "factualminds.com/blog, VPC pricing", "2026"),
    "EBS gp3": Price(0.08, "GB-month", "public cost tools on GitHub agree", "November 2026"),
    "S3 storage": Price(0.023, "GB-month", "devnotes.tech/understanding-aws-s3-pricing", "November 2026"),
    "S3 PUT and LIST": Price(0.005, "1,000 requests", "devnotes.tech/understanding-aws-s3-pricing", "November 2026"),
    "S3 GET": Price(0.0004, "1,000 requests", "devnotes.tech/understanding-aws-s3-pricing", "November 2026"),
    "CloudWatch metric": Price(0.30, "month", "signoz.io/guides/cloudwatch-pricing", "February 2026"),
    "secret": Price(0.40, "month", "public cost tools on GitHub agree", "November 2026"),
    "Glue": Price(0.44, "DPU-hour", "aws.amazon.com/glue/pricing", "November 2026"),
    "Snowflake credit, Standard": Price(2.00, "credit", "amnic.com/blogs/snowflake-pricing", "November 2026"),
    "Snowflake storage": Price(
        23.00, "TB-month", "a public SQL guide on GitHub; other sources say 40", "November 2026"
    ),
}

DAYS, HOURS = 30, 730
#: What a run does in S3 for a new snapshot, besides a PUT for each page: counted in a run.
PUTS_A_SNAPSHOT, GETS_A_SNAPSHOT, LISTS_A_SNAPSHOT = 4, 5, 1
#: Users on a page, and how many users of a list the API gives.
PAGE, CAP = 30, 10_000
#: Measured with the fake API: a user in a stored page, which is compressed, and in a CSV.
RAW_BYTES, CSV_BYTES = 255, 985
#: The sensor lists the CSVs so often, 1,000 keys in a request.
SENSOR_SECONDS, KEYS_A_LIST = 30, 1_000
#: Pages of an incremental walk, and the users in them.
WINDOW_PAGES = 2
#: Measured on the local warehouse (docs/performance.md): PUT, COPY and transaction of a million rows.
SECONDS_A_MILLION_ROWS = 6.5
#: setup.sql has this AUTO_SUSPEND, and an X-Small warehouse uses one credit an hour.
SUSPEND_SECONDS, SECONDS_A_CREDIT = 60, 3_600
#: Assumed, as only a real account can tell: the statements of a run with little data, and a row of the history.
ASSUMED_RUN_SECONDS, ASSUMED_ROW_BYTES = 60, 100
#: Detailed monitoring of the machine has seven metrics; one is the heartbeat. A secret for each of the two stacks.
METRICS, SECRETS = 7 + 1, 2
#: Glue bills a crawl for at least so long (aws.amazon.com/glue/pricing). How many DPUs it takes is Glue's choice.
CRAWL_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Installation:
    """Accounts with so many followers each, one run a day, in its `month`-th month.

    `full_walk_days` is how often a list is read to its end; on the other days runs are incremental.
    """

    accounts: int
    followers: int
    full_walk_days: int = 1
    month: int = 12

    @property
    def _full_share(self) -> float:
        return 1 / self.full_walk_days

    @property
    def pages_a_day(self) -> float:
        """Pages of one account on an average day."""
        full = math.ceil(min(self.followers, CAP) / PAGE)
        return full * self._full_share + WINDOW_PAGES * (1 - self._full_share)

    @property
    def rows_a_day(self) -> float:
        """Rows of all accounts on an average day."""
        return self.accounts * PAGE * self.pages_a_day

    @property
    def snapshots(self) -> int:
        """Snapshots in the bucket at the end of the month."""
        return self.accounts * DAYS * self.month

    @property
    def api_requests(self) -> int:
        """Requests to the API in the month: pages, and who the account is."""
        return round(self.accounts * (self.pages_a_day + 1) * DAYS)

    @property
    def gigabytes(self) -> float:
        """What is in the bucket at the end of the month."""
        return self.rows_a_day * (RAW_BYTES + CSV_BYTES) * DAYS * self.month / 1e9

    @property
    def largest_load_gb(self) -> float:
        """The CSVs of a day on which every list is read to its end."""
        return self.accounts * min(self.followers, CAP) * CSV_BYTES / 1e9

    @property
    def lists_of_the_sensor(self) -> int:
        """Requests with which the sensor looks for new objects in the month."""
        return DAYS * 86_400 // SENSOR_SECONDS * max(1, math.ceil(self.snapshots / KEYS_A_LIST))

    @property
    def credits(self) -> float:
        """Snowflake credits of the month's runs, without what people and dashboards ask."""
        seconds = ASSUMED_RUN_SECONDS + SECONDS_A_MILLION_ROWS * self.rows_a_day / 1e6 + SUSPEND_SECONDS
        return DAYS * seconds / SECONDS_A_CREDIT

    @property
    def history_terabytes(self) -> float:
        """The history in Snowflake, compressed."""
        return self.rows_a_day * DAYS * self.month * ASSUMED_ROW_BYTES / 1e12


def costs(installation: Installation) -> dict[str, float]:
    """Give what the month costs, in dollars, by what is paid for."""
    usd = {name: price.usd for name, price in PRICES.items()}
    runs = installation.accounts * DAYS
    writes = runs * (installation.pages_a_day + PUTS_A_SNAPSHOT + LISTS_A_SNAPSHOT)
    return {
        f"EC2 {MACHINE}, with a public address": HOURS * (usd[f"EC2 {MACHINE}"] + usd["public IPv4 address"]),
        f"EBS gp3, {VOLUME_GB} GB": VOLUME_GB * usd["EBS gp3"],
        "S3 storage": installation.gigabytes * usd["S3 storage"],
        "S3 requests of the runs": writes / 1_000 * usd["S3 PUT and LIST"]
        + runs * GETS_A_SNAPSHOT / 1_000 * usd["S3 GET"],
        "S3 requests of the sensor": installation.lists_of_the_sensor / 1_000 * usd["S3 PUT and LIST"],
        "CloudWatch metrics": METRICS * usd["CloudWatch metric"],
        "Secrets Manager": SECRETS * usd["secret"],
        "Snowflake, X-Small": installation.credits * usd["Snowflake credit, Standard"],
        "Snowflake storage": installation.history_terabytes * usd["Snowflake storage"],
    }


def glue_job(workers: int, minutes: float) -> float:
    """Give what one run of the Glue job costs: G.1X workers are a DPU each; a minute is the least."""
    return workers * max(minutes, 1.0) / 60 * PRICES["Glue"].usd
