"""The base of all resources: their fields are a client's settings.

Add here what every resource needs; what one client can do belongs in its own module.
"""

import copy
from dataclasses import fields
from typing import Any, TypeVar

import dagster as dg
from pydantic import create_model

from tiktok_insights.settings.client_settings import (
    VARIABLE,
    AwsSettings,
    DashboardSettings,
    SnowflakeSettings,
    TikTokSettings,
)
from tiktok_insights.settings.power_bi_settings import PowerBISettings

_Resource = TypeVar("_Resource", bound="ClientResource")
AnySettings = TikTokSettings | AwsSettings | SnowflakeSettings | DashboardSettings | PowerBISettings

_Settings = TypeVar("_Settings", bound=AnySettings)


class ClientResource(dg.ConfigurableResource):
    """A client whose settings are the fields, by the same names."""

    @classmethod
    def of(cls: type[_Resource], settings: AnySettings) -> _Resource:
        """Make the resource with these settings, each of which a run's config may change alone.

        Secrets are passed as the names of their environment variables. If a run's config sets one field, Dagster resets
        the others to the defaults of the class. So the settings become the defaults of a subclass.
        """
        values = {item.name: _configured(getattr(settings, item.name), item.metadata) for item in fields(settings)}
        defaults: dict[str, Any] = {}
        for name, value in values.items():
            info = copy.copy(cls.model_fields[name])
            info.default = {"env": value.env_var_name} if isinstance(value, dg.EnvVar) else value
            defaults[name] = (info.annotation, info)
        made: type[_Resource] = create_model(
            cls.__name__, __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **defaults
        )
        return made(**values)

    def settings_as(self, kind: type[_Settings]) -> _Settings:
        """Give the fields as the settings that open the client. Raises SettingsError for an invalid value."""
        return kind(**{item.name: getattr(self, item.name) for item in fields(kind)})


def _configured(value: Any, metadata: Any) -> Any:
    """Give a setting as Dagster gets it: a secret that is set as its variable's name, a tuple as a list."""
    if value and VARIABLE in metadata:
        return dg.EnvVar(metadata[VARIABLE])
    return list(value) if isinstance(value, tuple) else value
