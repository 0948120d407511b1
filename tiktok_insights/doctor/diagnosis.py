"""All probes of a deployment, put together. What each looks at belongs in the module of its area."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    return examine(list(probes(configuration, extent)))


def probes(configuration: Configuration, extent: Extent) -> Iterator[Probe]:
    """The probes of the deployment, in the order in which a person fixes things."""
    settings = configuration.settings
    yield from setting_probes(configuration)
    yield from machine_probes(
        settings.home,
        settings.dagster_home,
        is_local=not configuration.is_aws,
        ui_port=extent.ui_port,
        ui_lock=extent.ui_lock,
    )
