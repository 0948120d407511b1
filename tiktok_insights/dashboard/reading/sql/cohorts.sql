-- One row per account, cohort and week of the charts; of older cohorts, the second week after; and one of the users
-- without a cohort.
SELECT
  retention.ACCOUNT_ID, retention.COHORT, retention.WEEK, retention.USERS, retention.LISTED, retention.N,
  retention.UNKNOWN, retention.MISSED_ONCE, retention.SHARE_KEPT, retention.KEPT_FROM, retention.KEPT_TO,
  retention.COVERAGE IS NOT NULL AS IS_REACHED
FROM {marts}.FOLLOWER_RETENTION AS retention
JOIN (
  SELECT
    ACCOUNT_ID, FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, MAX(LOOKED_AT)) / 7) + 1 - {chart_weeks} AS FIRST_WEEK
  FROM {marts}.SNAPSHOT_COVERAGE
  WHERE ACCOUNT_ID IN ({accounts}) AND LOOKED_AT IS NOT NULL
  GROUP BY ACCOUNT_ID
) AS charts ON charts.ACCOUNT_ID = retention.ACCOUNT_ID
WHERE retention.COHORT IS NULL OR retention.WEEK = {others_week}
  OR retention.COHORT >= DATEADD('day', 7 * charts.FIRST_WEEK, '1970-01-05'::TIMESTAMP_NTZ)
ORDER BY retention.ACCOUNT_ID, retention.COHORT DESC NULLS LAST, retention.WEEK
