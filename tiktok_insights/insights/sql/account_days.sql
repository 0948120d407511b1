-- One row per account and day of which a snapshot or a look tells: TikTok's count, how much of the list was read, and who
-- was missed. Who joined on a day is in FOLLOWERS_JOINED_DAILY. Days keep their numbers when snapshots expire.
--
-- ACCOUNT_ID (id): The account.
-- DAY (time): The day, by its first second in UTC.
-- FOLLOWERS (count or NULL): The account's follower count as reported by the API, in the day's last snapshot or look; NULL without one. Never add up several days.
-- LIST (one of whole | cut | partial | window | hidden or NULL): How the day's fullest snapshot ended, as in SNAPSHOT_COVERAGE; NULL without a snapshot, and for a file from another source.
-- HAS_HOLES (boolean): True if that snapshot has follow times that could not be read.
-- SNAPSHOTS (count): Snapshots that began on the day.
-- GONE (count): Users whom a snapshot of the day was the first to miss, and who were gone then, also if they are back.
-- MISSED_ONCE (count): Users whom a snapshot of the day was the first to miss, and no other misses until now.
-- OUT_OF_VIEW (count): Users whom a list of the day was the first not to reach, and of whom it is not known if they are still listed.
--
-- key: ACCOUNT_ID, DAY
-- order: DAY DESC, ACCOUNT_ID
-- reconcile snapshots: SUM(SNAPSHOTS) = COUNT(LOOKED_AT) of ACCOUNT_SNAPSHOTS
-- reconcile departures: SUM(GONE) = COUNT(SECOND_MISSED_AT) of PRESENCE_SPELLS + SUM(GONE) of DAILY_TOTALS
WITH placed AS (
  SELECT
    looks.*,
    ROW_NUMBER() OVER (
      PARTITION BY ACCOUNT_ID, DAY
      ORDER BY CASE WHEN FOLLOWERS IS NULL THEN 1 ELSE 0 END, LOOKED_AT DESC, IS_SNAPSHOT DESC, NAME DESC
    ) AS COUNT_PLACE,
    ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID, DAY ORDER BY IS_SNAPSHOT DESC, SEEN DESC, LOOKED_AT DESC, NAME DESC)
      AS LIST_PLACE
  FROM (
    SELECT
      ACCOUNT_ID, DATE_TRUNC('DAY', LOOKED_AT) AS DAY, LOOKED_AT, USERS_CLAIMED AS FOLLOWERS, 1 AS IS_SNAPSHOT,
      SNAPSHOT_ID AS NAME, USERS_SEEN AS SEEN,
      {kind_of_list} AS LIST,
      CASE WHEN HOLES LIKE '%"%' THEN 1 ELSE 0 END AS HAS_HOLES
    FROM {schema}.ACCOUNT_SNAPSHOTS WHERE LOOKED_AT IS NOT NULL
    UNION ALL
    SELECT ACCOUNT_ID, DATE_TRUNC('DAY', LOOKED_AT), LOOKED_AT, FOLLOWERS, 0, OBJECT_KEY, 0, NULL, 0
    FROM {schema}.ACCOUNT_LOOKS WHERE FOLLOWERS IS NOT NULL
  ) AS looks
), told AS (
  SELECT
    ACCOUNT_ID, DAY, MAX(CASE WHEN COUNT_PLACE = 1 THEN FOLLOWERS END) AS FOLLOWERS,
    MAX(CASE WHEN LIST_PLACE = 1 THEN LIST END) AS LIST, MAX(CASE WHEN LIST_PLACE = 1 THEN HAS_HOLES END) AS HAS_HOLES,
    SUM(IS_SNAPSHOT) AS SNAPSHOTS, 0 AS GONE, 0 AS MISSED_ONCE, 0 AS OUT_OF_VIEW
  FROM placed
  GROUP BY ACCOUNT_ID, DAY
  UNION ALL
  SELECT
    ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_MISSED_AT), NULL, NULL, 0, 0, COUNT(SECOND_MISSED_AT),
    COUNT(*) - COUNT(SECOND_MISSED_AT), 0
  FROM {schema}.PRESENCE_SPELLS WHERE FIRST_MISSED_AT IS NOT NULL GROUP BY ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_MISSED_AT)
  UNION ALL
  SELECT ACCOUNT_ID, DATE_TRUNC('DAY', OUT_OF_REACH_AT), NULL, NULL, 0, 0, 0, 0, COUNT(*)
  FROM {schema}.PRESENCE_SPELLS WHERE FIRST_MISSED_AT IS NULL AND OUT_OF_REACH_AT IS NOT NULL
  GROUP BY ACCOUNT_ID, DATE_TRUNC('DAY', OUT_OF_REACH_AT)
  UNION ALL
  SELECT ACCOUNT_ID, DAY, NULL, NULL, 0, 0, GONE, MISSED_ONCE, OUT_OF_VIEW FROM {schema}.DAILY_TOTALS
)
SELECT
  ACCOUNT_ID, DAY, MAX(FOLLOWERS) AS FOLLOWERS, MAX(LIST) AS LIST, MAX(HAS_HOLES) = 1 AS HAS_HOLES,
  SUM(SNAPSHOTS) AS SNAPSHOTS, SUM(GONE) AS GONE, SUM(MISSED_ONCE) AS MISSED_ONCE, SUM(OUT_OF_VIEW) AS OUT_OF_VIEW
FROM told
GROUP BY ACCOUNT_ID, DAY
