"""Lets snapshots expire in the warehouse alone, by hand. All that a retention run does is tested with that package."""

from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.definitions import PUBLISH_LOCK
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.daily_totals import daily_totals_kept
from tiktok_insights.warehouse.spells_again import accounts_with_snapshots_before, make_spells_again

_EXPIRED = "SELECT OBJECT_KEY FROM ACCOUNT_SNAPSHOTS WHERE LOOKED_AT < {cut}"


def expire(session: Session, cut: datetime, at: datetime) -> None:
    """Remove what is before the cut (UTC) from history, ledger and spells, in one transaction; `at` is when."""
    expired = _EXPIRED.format(cut=timestamp(cut))
    with session.transaction():
        take_lock(session, "expire")
        accounts = accounts_with_snapshots_before(session, cut)
        with daily_totals_kept(session, accounts, at):
            session.execute(f"DELETE FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({expired})")
            session.execute(f"UPDATE LOAD_HISTORY SET STATUS = '{LoadStatus.EXPIRED}' WHERE OBJECT_KEY IN ({expired})")
            session.execute(f"UPDATE {session.namespace.name_of(PUBLISH_LOCK)} SET RETAINED_FROM = {timestamp(cut)}")
            make_spells_again(session, accounts)
