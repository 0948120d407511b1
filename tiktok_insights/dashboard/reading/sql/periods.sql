-- One row per account and period that has an earlier snapshot: the two counts, and what became of everybody listed at the
-- beginning, and who is new since. A user is listed from the first snapshot of a presence until one misses the user or no
-- longer reaches back to when they followed.
WITH looks AS (
  SELECT ACCOUNT_ID, SNAPSHOT_ID, LOOKED_AT, SEEN, CLAIMED, IS_WHOLE, COVERED_FROM, HOLES
  FROM {marts}.SNAPSHOT_COVERAGE
  WHERE ACCOUNT_ID IN ({accounts}) AND LOOKED_AT IS NOT NULL AND CLAIMED IS NOT NULL
), newest AS (
  SELECT *
  FROM (
    SELECT looks.*, ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT DESC, SNAPSHOT_ID DESC) AS PLACE
    FROM looks
  ) AS numbered
  WHERE PLACE = 1
), pairs AS (
  SELECT
    newest.ACCOUNT_ID, lengths.DAYS, earlier.LOOKED_AT AS SINCE, newest.LOOKED_AT AS UNTIL,
    DATEDIFF('second', earlier.LOOKED_AT, newest.LOOKED_AT) AS SECONDS, earlier.CLAIMED AS FROM_COUNT,
    newest.CLAIMED AS TO_COUNT, earlier.SEEN > 0 AND newest.SEEN > 0 AS HAS_LISTS, newest.IS_WHOLE,
    newest.COVERED_FROM, newest.HOLES,
    ROW_NUMBER() OVER (
      PARTITION BY newest.ACCOUNT_ID, lengths.DAYS
      ORDER BY ABS(DATEDIFF('second', earlier.LOOKED_AT, newest.LOOKED_AT) - lengths.DAYS * 86400),
        earlier.LOOKED_AT DESC, earlier.SNAPSHOT_ID
    ) AS PLACE
  FROM newest
  CROSS JOIN ({periods}) AS lengths
  JOIN looks AS earlier ON earlier.ACCOUNT_ID = newest.ACCOUNT_ID AND earlier.LOOKED_AT < newest.LOOKED_AT
), periods AS (
  SELECT * FROM pairs WHERE PLACE = 1
), away AS (
  -- Of who was gone and came back: whether that was at the beginning of the period or after it, and since when the user
  -- is back.
  SELECT
    periods.ACCOUNT_ID, periods.DAYS, gone.TIKTOK_ID,
    MAX(CASE WHEN gone.FIRST_MISSED_AT <= periods.SINCE AND gone.RETURNED_AT > periods.SINCE THEN 1 ELSE 0 END) AS WAS_AWAY,
    MAX(CASE WHEN gone.FIRST_MISSED_AT > periods.SINCE THEN 1 ELSE 0 END) AS LEFT_SINCE,
    MAX(gone.RETURNED_AT) AS RETURNED_AT
  FROM periods
  JOIN {marts}.FOLLOWERS_GONE AS gone ON gone.ACCOUNT_ID = periods.ACCOUNT_ID AND gone.RETURNED_AT IS NOT NULL
  GROUP BY periods.ACCOUNT_ID, periods.DAYS, gone.TIKTOK_ID
), users AS (
  SELECT
    periods.ACCOUNT_ID, periods.DAYS, periods.SINCE, status.STATE, status.FIRST_SEEN_AT, status.FOLLOWED_BEFORE,
    COALESCE(away.LEFT_SINCE, 0) AS LEFT_SINCE,
    COALESCE(away.RETURNED_AT, status.FIRST_SEEN_AT) <= periods.UNTIL AS IS_SEEN_UNTIL,
    status.FIRST_SEEN_AT <= periods.SINCE AND COALESCE(away.WAS_AWAY, 0) = 0
      AND (COALESCE(status.FIRST_MISSED_AT, status.OUT_OF_REACH_AT) IS NULL
        OR COALESCE(status.FIRST_MISSED_AT, status.OUT_OF_REACH_AT) > periods.SINCE) AS WAS_LISTED
  FROM periods
  JOIN {marts}.FOLLOWER_STATUS AS status ON status.ACCOUNT_ID = periods.ACCOUNT_ID
  LEFT JOIN away
    ON away.ACCOUNT_ID = periods.ACCOUNT_ID AND away.DAYS = periods.DAYS AND away.TIKTOK_ID = status.TIKTOK_ID
), counted AS (
  SELECT
    ACCOUNT_ID, DAYS,
    COUNT(CASE WHEN WAS_LISTED THEN 1 END) AS LISTED_BEFORE,
    COUNT(CASE WHEN WAS_LISTED AND STATE IN ('listed', 'returned') THEN 1 END) AS STILL_LISTED,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'gone' THEN 1 END) AS GONE,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'missed_once' THEN 1 END) AS MISSED_ONCE,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'unknown' THEN 1 END) AS UNKNOWN,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'returned' AND LEFT_SINCE = 1 THEN 1 END) AS RETURNED,
    COUNT(CASE WHEN NOT WAS_LISTED AND IS_SEEN_UNTIL AND STATE IN ('listed', 'returned') THEN 1 END) AS JOINED,
    COUNT(CASE WHEN NOT WAS_LISTED AND IS_SEEN_UNTIL AND STATE IN ('listed', 'returned')
      AND FOLLOWED_BEFORE <= SINCE THEN 1 END) AS JOINED_EARLIER,
    COUNT(CASE WHEN FIRST_SEEN_AT > SINCE AND STATE = 'gone' THEN 1 END) AS CAME_AND_WENT
  FROM users
  GROUP BY ACCOUNT_ID, DAYS
)
SELECT
  periods.ACCOUNT_ID, periods.DAYS, periods.SINCE, periods.UNTIL, periods.SECONDS, periods.FROM_COUNT, periods.TO_COUNT,
  periods.HAS_LISTS, periods.IS_WHOLE, periods.COVERED_FROM, periods.HOLES, counted.LISTED_BEFORE, counted.STILL_LISTED,
  counted.GONE, counted.MISSED_ONCE, counted.UNKNOWN, counted.RETURNED, counted.JOINED, counted.JOINED_EARLIER,
  counted.CAME_AND_WENT
FROM periods
LEFT JOIN counted ON counted.ACCOUNT_ID = periods.ACCOUNT_ID AND counted.DAYS = periods.DAYS
ORDER BY periods.ACCOUNT_ID, periods.DAYS
