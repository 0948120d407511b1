-- One row per account and day: how many joined on it and are still listed, with bounds, and how many were first seen on it.
-- A day has a row if a snapshot covers it, or shows someone for the first time. Who joined and left between two snapshots
-- is in none of them.
--
-- ACCOUNT_ID (id): The account.
-- DAY (time): The day, by its first second in UTC.
-- AT_LEAST (count or NULL): Listed users who joined within the day for certain; NULL if no snapshot covers the day.
-- AT_MOST (count or NULL): Users who may have joined within the day, and may still be listed; NULL if no snapshot covers the day.
-- FIRST_SEEN (whole number): Users whom a snapshot of the day shows, and none before it. It stays when snapshots expire. A late snapshot or a removed person may then leave less than 0.
--
-- key: ACCOUNT_ID, DAY
-- order: DAY DESC, ACCOUNT_ID
-- reconcile users first seen: SUM(FIRST_SEEN) = COUNT(CASE WHEN SPELL < 2 THEN FIRST_SEEN_AT END) of PRESENCE_SPELLS + SUM(FIRST_SEEN) of DAILY_TOTALS
WITH {joining}, windows AS (
  SELECT
    ACCOUNT_ID, FIRST_DAY, LAST_DAY, HAS_START, COUNT(*) AS POSSIBLE,
    SUM(CASE WHEN FIRST_DAY = LAST_DAY AND FIRST_MISSED_AT IS NULL AND OUT_OF_REACH_AT IS NULL THEN 1 ELSE 0 END)
      AS CERTAIN
  FROM (
    SELECT
      joining.*, DATE_TRUNC('DAY', WINDOW_START) AS FIRST_DAY,
      DATE_TRUNC('DAY', DATEADD('microsecond', -1, WINDOW_END)) AS LAST_DAY
    FROM joining WHERE WINDOW_END IS NOT NULL AND SECOND_MISSED_AT IS NULL
  ) AS with_days
  GROUP BY ACCOUNT_ID, FIRST_DAY, LAST_DAY, HAS_START
), counted AS (
  SELECT
    shown.ACCOUNT_ID, shown.DAY, COALESCE(SUM(CERTAIN), 0) AS AT_LEAST, COALESCE(SUM(POSSIBLE), 0) AS AT_MOST
  FROM (
    SELECT covered_days.ACCOUNT_ID, covered_days.DAY
    FROM covered_days
    JOIN (SELECT ACCOUNT_ID, MIN(FIRST_DAY) AS FIRST_DAY FROM windows WHERE HAS_START GROUP BY ACCOUNT_ID) AS firsts
      ON firsts.ACCOUNT_ID = covered_days.ACCOUNT_ID AND firsts.FIRST_DAY <= covered_days.DAY
  ) AS shown
  LEFT JOIN windows
    ON windows.ACCOUNT_ID = shown.ACCOUNT_ID AND shown.DAY BETWEEN windows.FIRST_DAY AND windows.LAST_DAY
  GROUP BY shown.ACCOUNT_ID, shown.DAY
), first_seen AS (
  SELECT ACCOUNT_ID, DAY, SUM(USERS) AS FIRST_SEEN
  FROM (
    SELECT ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_SEEN_AT) AS DAY, COUNT(*) AS USERS
    FROM {schema}.PRESENCE_SPELLS WHERE SPELL = 1 AND FIRST_SEEN_AT IS NOT NULL
    GROUP BY ACCOUNT_ID, DATE_TRUNC('DAY', FIRST_SEEN_AT)
    UNION ALL
    SELECT ACCOUNT_ID, DAY, FIRST_SEEN FROM {schema}.DAILY_TOTALS
  ) AS parts
  GROUP BY ACCOUNT_ID, DAY
  HAVING SUM(USERS) <> 0
)
SELECT
  COALESCE(counted.ACCOUNT_ID, first_seen.ACCOUNT_ID) AS ACCOUNT_ID, COALESCE(counted.DAY, first_seen.DAY) AS DAY,
  counted.AT_LEAST, counted.AT_MOST, COALESCE(first_seen.FIRST_SEEN, 0) AS FIRST_SEEN
FROM counted
FULL JOIN first_seen ON first_seen.ACCOUNT_ID = counted.ACCOUNT_ID AND first_seen.DAY = counted.DAY
