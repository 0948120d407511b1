"""docs/reference/configuration.md and .env.example: the environment variables, and the config of a run."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from docs.generate import markdown
from tiktok_insights.definitions import defs, resources_for
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.variables import GROUPS, Variable

_ENVIRONMENT = """## Environment

Variables come from a `.env` file in the working directory or from the environment. If both set a variable, `.env`
wins. This rule is the same for `tiktok-insights`, `make`, `dagster` and `dg`, and for every variable, including
`DAGSTER_HOME`. An empty variable counts as unset. [.env.example](../../.env.example) lists all variables: copy the
lines you need. None is required."""

_AWS = """The deployment `aws` uses the standard `AWS_*` variables, such as `AWS_PROFILE`; `local` ignores them."""

_RUN_CONFIG = """## Run config

Settings for a single run. Put them in a file for `dagster job execute -c` (or `dg launch -c`), or in the Launchpad in
the UI. Omitted settings have their defaults. These are all settings of `tiktok_pipeline` with their defaults. Other
jobs have those of their assets; `verification` is only in the job `verify`:"""

_RESOURCES = """## Resources of a run

A run's config can also change how that run opens its clients. Omitted fields keep the values that the environment gives
them. For a secret, name another environment variable instead of writing it here, where it would be stored:"""

_RESOURCES_EXAMPLE = """resources:
  snowflake:
    config:
      warehouse: LARGE_WH
      private_key: {env: ANOTHER_PRIVATE_KEY}"""

_ENV_HEAD = """# Written by docs/generate from the code: run `make docs`, do not edit.
# Copy the lines you need to .env, and keep .env out of version control. Without any of them, everything runs on
# this machine against a fake TikTok API."""

_ENV_AWS = """# Only the deployment aws uses the standard AWS_* variables.
#AWS_PROFILE="""


def configuration() -> str:
    """The whole document."""
    parts = ["# Configuration", markdown.NOTICE, _ENVIRONMENT]
    for title, variables in GROUPS.items():
        parts += [f"### {title}", markdown.table(("variable", "default", "meaning"), map(_row, variables))]
    parts += [_AWS, _RUN_CONFIG, markdown.block(_every_default(), "yaml"), *_settings()]
    parts += [_RESOURCES, markdown.block(_RESOURCES_EXAMPLE, "yaml"), *_resources()]
    return "\n\n".join(parts) + "\n"


def env_example() -> str:
    """The whole file: each variable as a comment, with its meaning above it."""
    parts = [_ENV_HEAD]
    for title, variables in GROUPS.items():
        parts += [f"# --- {_plain(title)} ---", *map(_env_lines, variables)]
    return "\n\n".join([*parts, _ENV_AWS]) + "\n"


def _row(variable: Variable) -> tuple[str, str, str]:
    default = markdown.code(variable.default) if variable.default else ""
    return markdown.code(variable.name), default, variable.meaning


def _env_lines(variable: Variable) -> str:
    meaning = _plain(variable.meaning)
    lines = textwrap.wrap(f"{meaning[0].upper()}{meaning[1:]}.", 118)
    return "\n".join([*(f"# {line}" for line in lines), f"#{variable.name}={variable.default}"])


def _plain(text: str) -> str:
    return text.replace("`", "")


def _fields(asset: dg.AssetsDefinition) -> Mapping[str, Any]:
    """The asset's settings by their names, each with its default and description."""
    config: Any = asset.op.config_schema.as_field().config_type
    return dict(getattr(config, "fields", {}))


def _configured() -> list[dg.AssetsDefinition]:
    """The assets that have settings, upstream first, and the steps of checks that have."""
    loaded = defs()
    items = (*(loaded.assets or ()), *(loaded.asset_checks or ()))
    assets = [item for item in items if isinstance(item, dg.AssetsDefinition)]
    return [asset for asset in assets if _fields(asset)]


def _every_default() -> str:
    lines = ["ops:"]
    pipeline = defs().resolve_job_def("tiktok_pipeline").graph.node_dict
    for asset in (asset for asset in _configured() if asset.op.name in pipeline):
        lines += [f"  {asset.op.name}:", "    config:"]
        lines += [f"      {name}: {_yaml(field.default_value)}" for name, field in _fields(asset).items()]
    return "\n".join(lines)


def _settings() -> Iterator[str]:
    for asset in _configured():
        yield f"### {asset.op.name}"
        yield markdown.table(
            ("setting", "default", "meaning"),
            (
                (markdown.code(name), markdown.code(_yaml(field.default_value)), field.description)
                for name, field in _fields(asset).items()
            ),
        )


def _resources() -> Iterator[str]:
    for name, resource in resources_for(read_settings({})).items():
        yield f"### {name}"
        fields = type(resource).model_fields.items()
        yield markdown.table(
            ("field", "meaning"), ((markdown.code(key), item.description or "") for key, item in fields)
        )


def _yaml(value: object) -> str:
    """A default as YAML has it, which for these is JSON."""
    return json.dumps(value)
