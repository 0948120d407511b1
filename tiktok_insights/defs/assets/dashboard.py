"""Stage insights: the dashboard, one HTML file made from the marts."""

import base64
from pathlib import Path

import dagster as dg

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.code import package_code
from tiktok_insights.dashboard.facts.account import Facts
from tiktok_insights.dashboard.making import make_page, pseudonyms_of
from tiktok_insights.dashboard.picture import ExtraMissingError, picture
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path, upload_page, write_page
from tiktok_insights.defs.last_made import STATE, metadata_before, state_of
from tiktok_insights.defs.presentation import OWNERS
from tiktok_insights.defs.versions import data_version, digest
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.resources.dashboard import DashboardResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.client_settings import DashboardSettings

_CODE = digest(package_code())


@dg.asset(
    group_name="insights",
    deps=[mart.name for mart in all_marts()],
    kinds={"html"},
    owners=OWNERS,
    code_version=_CODE,
)
def dashboard(
    context: dg.AssetExecutionContext, snowflake: SnowflakeResource, s3: S3Resource, dashboard: DashboardResource
) -> dg.MaterializeResult:
    """One HTML file that opens without a server, made from the marts: what changed, who follows, and how sure that is.

    It is in the bucket and on the machine of the run. If nothing has changed since it was last made, it stays as it is.
    """
    settings, store = dashboard.settings, s3.store()
    path = dashboard_path(Path(settings.home))
    before = metadata_before(context.instance, "dashboard")
    with snowflake.session() as session:
        # Asked before the page is made: what is published meanwhile belongs to the next one.
        state = _state(session, settings)
        if state_of(before) == state and path.is_file() and store.exists(DASHBOARD_KEY):
            return dg.MaterializeResult(metadata=before, data_version=data_version(state))
        made = make_page(session, settings)
    uri = _publish(store, path, made.page)
    return dg.MaterializeResult(
        metadata={
            "dagster/uri": uri,
            "file": dg.MetadataValue.path(str(path)),
            "accounts": len(made.facts.accounts),
            "accounts_left_out": made.facts.left_out,
            "bytes": len(made.page.encode()),
            "picture": _picture(made.facts),
            STATE: dg.MetadataValue.text(state),
        },
        data_version=data_version(state),
    )


def _publish(store: ObjectStore, path: Path, page: str) -> str:
    uri = upload_page(store, page)
    write_page(path, page)
    return uri


def _picture(facts: Facts) -> dg.MarkdownMetadataValue:
    """The picture itself, in the metadata: the UI shows it without asking anyone."""
    try:
        png = picture(facts)
    except ExtraMissingError as error:
        return dg.MetadataValue.md(str(error))
    if png is None:
        return dg.MetadataValue.md("No account has any data yet.")
    return dg.MetadataValue.md(f"![The dashboard](data:image/png;base64,{base64.b64encode(png).decode()})")


def _state(session: Session, settings: DashboardSettings) -> str:
    marts = Marts(session)
    names = pseudonyms_of(settings).fingerprint if settings.pseudonyms else ""
    return digest(_CODE, names, repr(sorted(marts.states(marts.data()).items())))
