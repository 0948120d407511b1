"""What each of the tutorial's eight steps costs a month, with the calculation, for one account. Pure.

The sentences are in docs/how_to/from_the_tutorial.md, and a test compares them. Prices and sums are in `monthly_costs`.
"""

from dataclasses import dataclass

from docs.generate.monthly_costs import (
    ASSUMED_RUN_SECONDS,
    CRAWL_MINUTES,
    DAYS,
    GETS_A_SNAPSHOT,
    HOURS,
    LISTS_A_SNAPSHOT,
    MACHINE,
    METRICS,
    PRICES,
    PUTS_A_SNAPSHOT,
    SECONDS_A_CREDIT,
    SUSPEND_SECONDS,
    VOLUME_GB,
    Installation,
    costs,
    glue_job,
)

#: The first column of what_it_costs.md.
ONE_ACCOUNT = Installation(1, 10_000)


@dataclass(frozen=True, slots=True)
class StepCost:
    """The items of `costs` that a step pays for, how they are calculated, and what else it may cost."""

    items: tuple[str, ...]
    calculation: str
    more: str = ""

    @property
    def usd(self) -> float:
        """The step's share of the sum."""
        found = costs(ONE_ACCOUNT)
        return sum(found[item] for item in self.items)

    @property
    def sentence(self) -> str:
        """What the guide says of the step."""
        calculated = f"${self.usd:,.2f} = {self.calculation}." if self.items else "nothing of its own."
        return f"{calculated} {self.more}".strip()


def step_costs() -> tuple[StepCost, ...]:
    """The eight steps, in their order. Step 5 has both secrets: its own, and that of step 2."""
    return (*_machine_to_catalog(), *_snowflake_to_report())


def _price(name: str) -> str:
    usd = PRICES[name].usd
    return f"${usd:.2f}" if round(usd, 2) == usd else f"${usd:g}"


def _machine_to_catalog() -> tuple[StepCost, ...]:
    account, put, get = ONE_ACCOUNT, "S3 PUT and LIST", "S3 GET"
    writes = account.pages_a_day + PUTS_A_SNAPSHOT + LISTS_A_SNAPSHOT
    machine = StepCost(
        (f"EC2 {MACHINE}, with a public address", f"EBS gp3, {VOLUME_GB} GB", "CloudWatch metrics"),
        f"{HOURS} hours x ({_price(f'EC2 {MACHINE}')} + {_price('public IPv4 address')} for a public address) "
        f"+ {VOLUME_GB} GB x {_price('EBS gp3')} + {METRICS} metrics x {_price('CloudWatch metric')}",
    )
    api = f"The API's plan is extra, for {account.api_requests:,} requests. The key's secret is counted in step 5."
    bucket = StepCost(
        ("S3 storage", "S3 requests of the runs", "S3 requests of the sensor"),
        f"{account.gigabytes:.2f} GB x {_price('S3 storage')} + {DAYS} runs x ({writes:.0f} writes and lists x "
        f"{_price(put)} + {GETS_A_SNAPSHOT} reads x {_price(get)}) / 1,000 + "
        f"{account.lists_of_the_sensor:,} lists of the sensor x {_price(put)} / 1,000",
    )
    crawl = f"{CRAWL_MINUTES} minutes x {_price('Glue')} / 60 = ${glue_job(1, CRAWL_MINUTES):.2f}"
    crawler = (
        f"The crawler is extra. Each run starts it if the settings have `GLUE_CRAWLER`: at least {crawl} for each DPU."
    )
    return machine, StepCost((), "", api), bucket, StepCost((), "", crawler)


def _snowflake_to_report() -> tuple[StepCost, ...]:
    account, credit = ONE_ACCOUNT, "Snowflake credit, Standard"
    secrets = StepCost(
        ("Secrets Manager", "Snowflake storage"),
        f"2 secrets x {_price('secret')} + {account.history_terabytes:.5f} TB x {_price('Snowflake storage')}",
    )
    seconds = account.credits * SECONDS_A_CREDIT / DAYS
    job = StepCost(
        ("Snowflake, X-Small",),
        f"{DAYS} runs x {seconds:.1f} seconds / {SECONDS_A_CREDIT:,} x {_price(credit)}",
        f"Of the seconds, {ASSUMED_RUN_SECONDS} are assumed for the statements, and {SUSPEND_SECONDS} pass until the "
        f"warehouse is suspended. Glue is extra: 10 workers x 15 minutes x {_price('Glue')} / 60 = "
        f"${glue_job(10, 15):.2f} for such a job.",
    )
    query = f"The pipeline's own query is in step 6. Yours are extra: an hour awake is a credit, {_price(credit)}."
    report = "The dashboard is made on the machine. Power BI is extra: what your organization pays for its licenses."
    return secrets, job, StepCost((), "", query), StepCost((), "", report)
