"""What must be true of a crawler's table, where one is configured. Those of the contract's table are in `checks`."""

from tiktok_insights.catalog.checks import CatalogCheckInput
from tiktok_insights.checks import Finding, Severity, check

_REMEDY = (
    "The pipeline does not read it. If it is older than the contract, delete it in Glue (its files stay): the next "
    "crawl makes it again"
)


@check(Severity.WARNING)
def crawled_table_matches_the_contract(given: CatalogCheckInput) -> Finding:
    """The crawler has succeeded, and takes the CSVs for what the contract says: one table, read in the same way.

    The pipeline does not read that table. This check exists only where `GLUE_CRAWLER` is set.
    """
    if given.crawler is None:
        return Finding(facts={"crawler": "none is configured"})
    report = given.crawler.report()
    crawl, names = report.crawl, ", ".join(table.name for table in report.tables)
    offenders = [f"{crawl.problem}. The load is not affected"] if crawl.problem else []
    if not report.tables and not crawl.problem and not crawl.is_running:
        offenders.append(f"The crawler {crawl.crawler} has written no table. Look whether its target has the CSVs")
    if len(report.tables) > 1:
        offenders.append(f"The crawler {crawl.crawler} has written {len(report.tables)} tables instead of one: {names}")
    for table in report.tables:
        if differences := table.differences(given.catalog.location, given.in_bucket):
            *others, last = (f"{table.name}: {difference}" for difference in differences)
            offenders += [*others, f"{last}. {_REMEDY}"]
    return Finding(
        tuple(offenders),
        {
            "crawler": crawl.crawler,
            "state": crawl.state,
            "last crawl": crawl.status,
            "tables": names,
            "partitions": sum(len(table.partitions) for table in report.tables),
        },
    )
