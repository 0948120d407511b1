"""What `verify` asks of the whole table, and no run does: it costs as much as the history is long.

Together with the checks that runs ask of what they published, here asked of everything. The objects in the bucket are
read again in `lost_ids.py`.
"""

from tiktok_insights.checks import Finding, Severity, check, pseudonym
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.staging.transform import newest_first
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, TIKTOK_DATA
from tiktok_insights.tables.presence import PRESENCE_SPELLS
from tiktok_insights.warehouse.presence import all_spells
from tiktok_insights.warehouse.step_7_check import step_7_returns_every_user
from tiktok_insights.warehouse.table_checks import (
    NAMED_OFFENDERS,
    TableCheckInput,
    every_user_has_one_row,
    ledger_reconciles,
    table_matches_the_contract,
)

_DIFFERS = " OR ".join(f"t.{name} IS DISTINCT FROM h.{name}" for name in WAREHOUSE_NAMES)
_DIFFERENT_USERS = f"""
SELECT COALESCE(h.TIKTOK_ID, t.TIKTOK_ID), h.TIKTOK_ID IS NULL FROM {TIKTOK_DATA.name} AS t FULL JOIN (
  SELECT {", ".join(WAREHOUSE_NAMES)} FROM (
    SELECT {", ".join(WAREHOUSE_NAMES)},
      ROW_NUMBER() OVER (PARTITION BY TIKTOK_ID ORDER BY {newest_first("FIRST_MODIFIED")}) AS PLACE
    FROM {FOLLOWER_SNAPSHOTS.name}
  ) AS ranked WHERE PLACE = 1
) AS h ON h.TIKTOK_ID = t.TIKTOK_ID
WHERE {_DIFFERS} ORDER BY 1 LIMIT {NAMED_OFFENDERS}
"""
_SPELL_KEY = ("ACCOUNT_ID", "TIKTOK_ID", "SPELL")
_DIFFERENT_SPELLS = f"""
SELECT COALESCE(s.ACCOUNT_ID, h.ACCOUNT_ID), COALESCE(s.TIKTOK_ID, h.TIKTOK_ID), COALESCE(s.SPELL, h.SPELL)
FROM {PRESENCE_SPELLS.name} AS s FULL JOIN ({{all_spells}}) AS h
  ON {" AND ".join(f"h.{name} = s.{name}" for name in _SPELL_KEY)}
WHERE {" OR ".join(f"s.{name} IS DISTINCT FROM h.{name}" for name in PRESENCE_SPELLS.names)}
ORDER BY 1, 2, 3 LIMIT {NAMED_OFFENDERS}
"""


@check(Severity.BLOCKING)
def every_row_is_the_newest_of_its_user(given: TableCheckInput) -> Finding:
    """TIKTOK_DATA has exactly the newest row of each user in the history, in every column, and no other rows."""
    rows = given.session.query(_DIFFERENT_USERS)
    return Finding(
        tuple(
            f"{pseudonym(tiktok_id)} is not in the history" if is_unknown
            else f"{pseudonym(tiktok_id)} differs from the newest row in the history"
            for tiktok_id, is_unknown in rows
        ),
        {"objects compared": given.scope.objects},
    )  # fmt: skip


@check(Severity.BLOCKING)
def presence_follows_from_the_history(given: TableCheckInput) -> Finding:
    """PRESENCE_SPELLS has exactly the spells that follow from all snapshots in the history, in every column."""
    rows = given.session.query(_DIFFERENT_SPELLS.format(all_spells=all_spells(given.session.namespace)))
    return Finding(
        tuple(
            f"{pseudonym(tiktok_id)} in account {account_id}: spell {spell} differs from the history"
            for account_id, tiktok_id, spell in rows
        ),
        {"objects compared": given.scope.objects},
    )


#: In the order in which they are asked: what costs little comes first.
FULL_CHECKS = (
    table_matches_the_contract,
    ledger_reconciles,
    every_user_has_one_row,
    every_row_is_the_newest_of_its_user,
    presence_follows_from_the_history,
    step_7_returns_every_user,
)
