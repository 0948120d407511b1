"""What the resources have in common: their fields are a client's settings. What a client can do belongs elsewhere."""

import copy
from dataclasses import fields
from typing import Any, TypeVar

import dagster as dg
from pydantic import create_model

from tiktok_insights.settings.client_settings import VARIABLE, AnySettings

_Resource = TypeVar("_Resource", bound="ClientResource")
_Settings = TypeVar("_Settings", bound=AnySettings)


class ClientResource(dg.ConfigurableResource):
    """A client whose settings are the fields, by the same names. A secret is the name of its environment variable."""

    @classmethod
    def of(cls: type[_Resource], settings: AnySettings) -> _Resource:
        """The resource with these settings, each of which a run's config may change alone.

        In Dagster, a config that names one field resets all others to the class's defaults. So these settings are the
        defaults of a class of their own.
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
        """The fields as what opens a client."""
        return kind(**{item.name: getattr(self, item.name) for item in fields(kind)})


def _configured(value: Any, metadata: Any) -> Any:
    """A setting as Dagster is told it: no secret's text, and nothing for one that is not set."""
    if value and VARIABLE in metadata:
        return dg.EnvVar(metadata[VARIABLE])
    return list(value) if isinstance(value, tuple) else value
