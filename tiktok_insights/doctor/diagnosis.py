"""All probes of a deployment, put together. What each looks at belongs in the module of its area."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.catalog.table_definition import TABLE
from tiktok_insights.doctor.api import api_probes
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Names
from tiktok_insights.doctor.aws.probes import aws_probes, sign_in
from tiktok_insights.doctor.configuration import Configuration, setting_probes
from tiktok_insights.doctor.findings import Finding, Probe
from tiktok_insights.doctor.machine import machine_probes
from tiktok_insights.doctor.side_by_side import examine


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is looked at. With `spend_request`, the API is asked about an account, which its plan counts."""

    ui_port: int
    ui_lock: Path
    spend_request: bool = False


def diagnose(configuration: Configuration, extent: Extent) -> list[Finding]:
    """Look at everything that the deployment needs, side by side. Nothing is changed, started or stored."""
    found, aws = _aws(configuration) if configuration.is_aws else ([], [])
    return [*found, *examine([*_probes(configuration, extent), *aws, *_snowflake(configuration)])]


def _probes(configuration: Configuration, extent: Extent) -> Iterator[Probe]:
    """The probes of settings, machine and API."""
    settings = configuration.settings
    yield from setting_probes(configuration)
    yield from machine_probes(
        settings.home,
        settings.dagster_home,
        is_local=not configuration.is_aws,
        ui_port=extent.ui_port,
        ui_lock=extent.ui_lock,
    )
    yield from api_probes(settings.tiktok, spend_request=extent.spend_request)


def _aws(configuration: Configuration) -> tuple[Sequence[Finding], Sequence[Probe]]:
    """Who signs in to AWS, and the probes of what they may do. ARNs have the account in them: it is asked first."""
    settings = configuration.settings
    clients = Clients(settings.s3)
    found, identity = sign_in(clients)
    names = Names(
        partition=identity.partition if identity else "aws",
        region=identity.region if identity else settings.s3.region or "<region>",
        account=identity.account if identity else "<account>",
        bucket=settings.s3.bucket,
        database=settings.glue.database,
        table=TABLE,
        job=settings.glue_job.job,
        crawler=settings.glue.crawler,
        topic=settings.alerts.sns_topic,
    )
    return [found], list(aws_probes(clients, names, identity))


def _snowflake(configuration: Configuration) -> Iterator[Probe]:
    if configuration.is_aws:
        from tiktok_insights.doctor.snowflake.probes import snowflake_probes

        yield from snowflake_probes(configuration.settings.snowflake, configuration.wrong)
