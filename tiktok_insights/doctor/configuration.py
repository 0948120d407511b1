"""Probes of the settings: which are needed for the deployment, which are wrong, and all of them at once.

Which variables there are is in `settings.variables`. Whether a key is accepted is for the area where it is used.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tiktok_insights.doctor.findings import Outcome, Probe, Subject, missing, ok
from tiktok_insights.settings.environment import Deployment, Settings, read_settings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights.settings.variables import DEFAULTS

AREA = "settings"
_PLACE = ".env or environment"
_EXAMPLES = {
    "SNOWFLAKE_ACCOUNT": "myorg-myaccount",
    "SNOWFLAKE_USER": "TIKTOK_SERVICE",
    "SNOWFLAKE_ROLE": "TIKTOK_LOADER",
    "TIKTOK_ACCOUNTS": "handle1,handle2",
    "AWS_REGION": "eu-central-1",
    "RAPIDAPI_KEY": "<your key>",
}
_HOW = {"SNOWFLAKE_PRIVATE_KEY": "tiktok-insights snowflake keys"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, read as if the wrong variables were not set, and what is wrong with each of those."""

    settings: Settings
    wrong: Mapping[str, str]

    @property
    def is_aws(self) -> bool:
        """Whether AWS and Snowflake are those of accounts, not of this machine."""
        return self.settings.deployment is Deployment.AWS


def read_configuration(variables: Mapping[str, str]) -> Configuration:
    """Read the settings; a variable that holds what it cannot hold is noted, and read as if it were not set."""
    kept, wrong = dict(variables), dict[str, str]()
    while True:
        try:
            return Configuration(read_settings(kept), wrong)
        except SettingsError as error:
            name = _named_by(str(error), kept)
            if name is None:
                raise
            wrong[name] = str(error)
            del kept[name]


def setting_probes(configuration: Configuration) -> Iterator[Probe]:
    """A probe for each wrong variable, and for each that the deployment needs."""
    for name, message in configuration.wrong.items():
        yield _probe(name, lambda message=message: missing(message, "Correct it, or remove it to use its default."))  # type: ignore[misc]
    for name, value, stage in _needed(configuration):
        if name not in configuration.wrong:
            yield _probe(name, lambda name=name, value=value: _set(name, value), stage)  # type: ignore[misc]
    settings = configuration.settings
    if configuration.is_aws and settings.snowflake.private_key:
        yield _probe("SNOWFLAKE_PRIVATE_KEY", lambda: _private_key(settings), "warehouse")
    power_bi = settings.power_bi
    if power_bi.api_url and 0 < len(power_bi.missing) < len(_POWER_BI):
        for name in _POWER_BI:
            is_set = name not in power_bi.missing
            yield _probe(name, lambda name=name, is_set=is_set: _set(name, is_set), "power_bi")  # type: ignore[misc]


_POWER_BI = (
    "AZURE_POWERBI_TENANT_ID",
    "AZURE_POWERBI_CLIENT_ID",
    "AZURE_POWERBI_CLIENT_SECRET",
    "AZURE_POWERBI_WORKSPACE_ID",
)


def _needed(configuration: Configuration) -> Iterator[tuple[str, object, str]]:
    """The variables without a default that the deployment needs: name, value, stage."""
    settings = configuration.settings
    if settings.tiktok.api_url:
        yield "RAPIDAPI_KEY", settings.tiktok.api_key, "raw"
        yield "TIKTOK_ACCOUNTS", settings.tiktok.accounts, "raw"
    if configuration.is_aws:
        snowflake = settings.snowflake
        yield "SNOWFLAKE_ACCOUNT", snowflake.account, "warehouse"
        yield "SNOWFLAKE_USER", snowflake.user, "warehouse"
        yield "SNOWFLAKE_ROLE", snowflake.role, "warehouse"
        if not snowflake.private_key:
            yield "SNOWFLAKE_PRIVATE_KEY", "", "warehouse"


def _set(name: str, value: object) -> Outcome:
    if value:
        return ok()
    how = _HOW.get(name, f"{name}={_EXAMPLES.get(name, '…')}")
    return missing(f"The deployment needs {name}, and it is not set.", how)


def _private_key(settings: Settings) -> Outcome:
    snowflake = settings.snowflake
    try:
        private_key_der(snowflake.private_key, snowflake.private_key_passphrase.strip())
    except SettingsError as error:
        return missing(str(error), "tiktok-insights snowflake keys")
    return ok()


def _probe(name: str, look: Callable[[], Outcome], stage: str = "") -> Probe:
    return Probe(Subject(name=name, area=AREA, place=_PLACE, stage=stage), look)


def _named_by(message: str, variables: Mapping[str, str]) -> str | None:
    """The first of these variables that an error of the settings names."""
    names = re.findall(r"\b[A-Z][A-Z0-9_]+\b", message)
    return next((name for name in names if name in DEFAULTS and name in variables), None)
