-- One row per account and snapshot: TikTok's count, its change over {change_days} days, and whether the change since the snapshot
-- before adds up: change = joined - gone + unexplained. A list that is cut shows only part of who joined and who is gone.
--
-- ACCOUNT_ID (id): The account.
-- SNAPSHOT_ID (text): The snapshot.
-- HANDLE (text or NULL): The account's handle when the snapshot was taken.
-- LOOKED_AT (time): When the snapshot began.
-- FOLLOWERS (count): The account's follower count as reported by the API. Never add up several snapshots.
-- SINCE (time or NULL): When the earlier snapshot began that is nearest to {change_days} days before; NULL if there is none with a count.
-- DAYS_SINCE (ratio or NULL): Days between the two.
-- IS_WEEK (boolean or NULL): True if the earlier snapshot is within {change_tolerance} hours of {change_days} days before.
-- CHANGE_SINCE (whole number or NULL): Change of the count between the two.
-- CHANGE_PER_DAY (decimal or NULL): That change for each day between.
-- PREVIOUS_AT (time or NULL): When the snapshot before began, with which the change is explained; NULL for the first one, and if one of the two has expired.
-- CHANGE (whole number or NULL): Change of the count since the snapshot before.
-- JOINED (count or NULL): Users whom a snapshot since then shows for the first time, or again after they were gone.
-- GONE (count or NULL): Users whom two snapshots miss, the first of them since then; in the newest row, also those missed once.
-- UNEXPLAINED (whole number or NULL): Change - joined + gone: what was not seen, such as users beyond a cut list.
-- SEEN (count): Distinct users in the snapshot.
-- COVERAGE (ratio or NULL): Users seen divided by the count.
--
-- key: ACCOUNT_ID, SNAPSHOT_ID
-- order: LOOKED_AT DESC, ACCOUNT_ID, SNAPSHOT_ID
-- reconcile counts: SUM(FOLLOWERS) = SUM(CASE WHEN LOOKED_AT IS NOT NULL THEN USERS_CLAIMED END) of ACCOUNT_SNAPSHOTS
WITH looks AS (
  SELECT ACCOUNT_ID, OBJECT_KEY, SNAPSHOT_ID, HANDLE, LOOKED_AT, USERS_CLAIMED, USERS_SEEN, COVERAGE
  FROM {schema}.ACCOUNT_SNAPSHOTS WHERE LOOKED_AT IS NOT NULL AND USERS_CLAIMED IS NOT NULL
), bases AS (
  SELECT
    later.ACCOUNT_ID, later.SNAPSHOT_ID, earlier.LOOKED_AT, earlier.USERS_CLAIMED,
    DATEDIFF('second', earlier.LOOKED_AT, later.LOOKED_AT) AS SECONDS,
    ROW_NUMBER() OVER (
      PARTITION BY later.ACCOUNT_ID, later.SNAPSHOT_ID
      ORDER BY ABS(DATEDIFF('second', earlier.LOOKED_AT, later.LOOKED_AT) - {change_days} * 86400), earlier.LOOKED_AT DESC,
        earlier.SNAPSHOT_ID
    ) AS PLACE
  FROM looks AS later
  JOIN looks AS earlier ON earlier.ACCOUNT_ID = later.ACCOUNT_ID AND earlier.LOOKED_AT < later.LOOKED_AT
), lists AS (
  SELECT
    ACCOUNT_ID, SNAPSHOT_ID, LOOKED_AT, USERS_CLAIMED,
    LAG(LOOKED_AT) OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT, SNAPSHOT_ID) AS PREVIOUS_AT,
    LAG(USERS_CLAIMED) OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT, SNAPSHOT_ID) AS PREVIOUS_CLAIMED,
    LEAD(LOOKED_AT) OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT, SNAPSHOT_ID) AS NEXT_AT
  FROM looks WHERE USERS_SEEN > 0 AND OBJECT_KEY IN ({loaded_objects})
), moments AS (
  SELECT ACCOUNT_ID, FIRST_SEEN_AT AS MOMENT, COUNT(*) AS JOINED, 0 AS GONE, 0 AS MISSED_ONCE
  FROM {schema}.PRESENCE_SPELLS GROUP BY ACCOUNT_ID, FIRST_SEEN_AT
  UNION ALL
  SELECT ACCOUNT_ID, FIRST_MISSED_AT, 0, COUNT(SECOND_MISSED_AT), COUNT(*) - COUNT(SECOND_MISSED_AT)
  FROM {schema}.PRESENCE_SPELLS WHERE FIRST_MISSED_AT IS NOT NULL GROUP BY ACCOUNT_ID, FIRST_MISSED_AT
), bridges AS (
  SELECT
    lists.ACCOUNT_ID, lists.SNAPSHOT_ID, lists.PREVIOUS_AT, lists.USERS_CLAIMED - lists.PREVIOUS_CLAIMED AS CHANGE,
    COALESCE(SUM(moments.JOINED), 0) AS JOINED,
    COALESCE(SUM(moments.GONE + CASE WHEN lists.NEXT_AT IS NULL THEN moments.MISSED_ONCE ELSE 0 END), 0) AS GONE
  FROM lists
  LEFT JOIN moments ON moments.ACCOUNT_ID = lists.ACCOUNT_ID AND moments.MOMENT > lists.PREVIOUS_AT
    AND moments.MOMENT <= lists.LOOKED_AT
  WHERE lists.PREVIOUS_AT IS NOT NULL
  GROUP BY lists.ACCOUNT_ID, lists.SNAPSHOT_ID, lists.PREVIOUS_AT, lists.USERS_CLAIMED, lists.PREVIOUS_CLAIMED,
    lists.NEXT_AT
)
SELECT
  looks.ACCOUNT_ID, looks.SNAPSHOT_ID, looks.HANDLE, looks.LOOKED_AT, looks.USERS_CLAIMED AS FOLLOWERS,
  bases.LOOKED_AT AS SINCE, bases.SECONDS / 86400 AS DAYS_SINCE,
  ABS(bases.SECONDS - {change_days} * 86400) <= {change_tolerance} * 3600 AS IS_WEEK,
  looks.USERS_CLAIMED - bases.USERS_CLAIMED AS CHANGE_SINCE,
  (looks.USERS_CLAIMED - bases.USERS_CLAIMED) * 86400 / NULLIF(bases.SECONDS, 0) AS CHANGE_PER_DAY,
  bridges.PREVIOUS_AT, bridges.CHANGE, bridges.JOINED, bridges.GONE,
  bridges.CHANGE - bridges.JOINED + bridges.GONE AS UNEXPLAINED, looks.USERS_SEEN AS SEEN, looks.COVERAGE
FROM looks
LEFT JOIN bases ON bases.ACCOUNT_ID = looks.ACCOUNT_ID AND bases.SNAPSHOT_ID = looks.SNAPSHOT_ID AND bases.PLACE = 1
LEFT JOIN bridges ON bridges.ACCOUNT_ID = looks.ACCOUNT_ID AND bridges.SNAPSHOT_ID = looks.SNAPSHOT_ID
