"""Makes the dashboard again from what is left in the tables, in the bucket and on this machine.

The marts are views, so they need not be made again. Other files beside the dashboard belong in `local_files`.
"""

from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.dashboard.making import MartsMissingError, make_page
from tiktok_insights.dashboard.publishing import DASHBOARD_KEY, dashboard_path, upload_page, write_page
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.settings.client_settings import DashboardSettings


def renew_dashboard(session: Session, store: ObjectStore, settings: DashboardSettings) -> Cleaned:
    """Make the dashboard again where it is; without marts it can show nothing, and is deleted. May be repeated.

    Raises OSError if the key of the pseudonyms cannot be read, or the file not be written.
    """
    path = dashboard_path(Path(settings.home))
    is_in_bucket, is_here = store.exists(DASHBOARD_KEY), path.is_file()
    if is_in_bucket or is_here:
        try:
            page = make_page(session, settings).page
        except MartsMissingError:
            store.delete(DASHBOARD_KEY)
            path.unlink(missing_ok=True)
        else:
            if is_in_bucket:
                upload_page(store, page)
            if is_here:
                write_page(path, page)
    return Cleaned("dashboard, made again", is_in_bucket + is_here)
