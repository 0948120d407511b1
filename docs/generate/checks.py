"""docs/reference/checks.md: every asset check, what it asks, and whether a red one fails the run."""

from collections.abc import Iterator

import dagster as dg

from docs.generate import markdown
from tiktok_insights.definitions import defs
from tiktok_insights.defs.check_steps import asset_checks

_INTRODUCTION = f"""{markdown.NOTICE}

The name of each check states what should be true. Its metadata shows what it found. Its description lists the
offenders, in the UI and in the summary of `tiktok-insights run`.

A red *blocking* check fails the run: downstream assets do not start, and the exit code is not 0. The blocking checks of
`staged_tiktok_data` are the audit, which runs before publication: a batch that fails it is not in `TIKTOK_DATA`. The
last asset's check is red in the run that refused a file, when everything else is published. A red non-blocking check
does not fail the run. See [Run it in CI](../how_to/ci.md)."""


def checks() -> str:
    """The whole document."""
    table = markdown.table(("asset", "check", "blocking", "what it checks"), map(_row, _specs()))
    return "\n\n".join(["# Checks", _INTRODUCTION, table]) + "\n"


def _specs() -> Iterator[dg.AssetCheckSpec]:
    """The checks in the order of the assets; those within an asset come before those on it."""
    loaded = defs()
    assets = [asset for asset in loaded.assets or () if isinstance(asset, dg.AssetsDefinition)]
    places = {key: place for place, asset in enumerate(assets) for key in asset.keys}
    within = [spec for asset in assets for spec in asset.check_specs]
    beside = [spec for definition in asset_checks(with_crawler=True) for spec in definition.check_specs]
    yield from sorted(within + beside, key=lambda spec: places[spec.asset_key])


def _row(spec: dg.AssetCheckSpec) -> tuple[str, ...]:
    asset = markdown.code(spec.asset_key.to_user_string())
    question = " ".join((spec.description or "").split())
    return asset, markdown.code(spec.name), "yes" if spec.blocking else "no", question
