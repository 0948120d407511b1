-- One row per account and week: the users on its list who joined in that week for certain, and how many of them show
-- several signs. Users of whom the week is not known are in one row per account.
--
-- ACCOUNT_ID (id): The account.
-- WEEK (time or NULL): The week in which they joined, by its first second, a Monday in UTC; NULL for users without one.
-- USERS (count): Users who joined in it and whose state is listed or returned.
-- SEVERAL_SIGNS (count): Those of them who show several signs, as in FOLLOWER_SIGNS.
-- SIGNS_KNOWN (count): Those of them whose signs can be told.
-- SHARE_SEVERAL (share or NULL): Users with several signs divided by SIGNS_KNOWN; NULL if these are fewer than {min_users}, those fewer than {min_group}, or the account's list is too little.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, WEEK
-- order: WEEK DESC NULLS LAST, ACCOUNT_ID
-- reconcile users listed: SUM(USERS) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH {joining}, weekly AS (
  -- Weeks are counted from a Monday.
  SELECT
    ACCOUNT_ID, TIKTOK_ID, CASE
      WHEN HAS_START AND WINDOW_END <= DATEADD('day', 7 * (WEEK_NUMBER + 1), '1970-01-05'::TIMESTAMP_NTZ)
        THEN DATEADD('day', 7 * WEEK_NUMBER, '1970-01-05'::TIMESTAMP_NTZ) END AS WEEK
  FROM (
    SELECT joining.*, FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, WINDOW_START) / 7) AS WEEK_NUMBER FROM joining
  ) AS numbered
), counted AS (
  SELECT
    users.ACCOUNT_ID, weekly.WEEK, COUNT(*) AS USERS, COUNT(CASE users.SIGNS WHEN 'several' THEN 1 END) AS SEVERAL_SIGNS,
    COUNT(CASE WHEN users.SIGNS <> 'cannot say' THEN 1 END) AS SIGNS_KNOWN
  FROM ({signs_of_users}) AS users
  JOIN weekly ON weekly.ACCOUNT_ID = users.ACCOUNT_ID AND weekly.TIKTOK_ID = users.TIKTOK_ID
  GROUP BY users.ACCOUNT_ID, weekly.WEEK
)
SELECT
  counted.ACCOUNT_ID, counted.WEEK, counted.USERS, counted.SEVERAL_SIGNS, counted.SIGNS_KNOWN,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND counted.SIGNS_KNOWN >= {min_users} AND counted.SEVERAL_SIGNS >= {min_group}
    THEN counted.SEVERAL_SIGNS / counted.SIGNS_KNOWN END AS SHARE_SEVERAL,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM counted
JOIN ({coverage_of_accounts}) AS coverage ON coverage.ACCOUNT_ID = counted.ACCOUNT_ID
