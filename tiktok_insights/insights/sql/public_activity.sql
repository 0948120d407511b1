-- One row per account: how many of the public users on its list show no activity. Private users, and users whose counts
-- were not served, tell nothing. Counts are the newest known of each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- USERS_LISTED (count): Users whose state is listed or returned.
-- USERS_CONSIDERED (count): Those of them who are public and have known counts.
-- USERS_WITHOUT_ACTIVITY (count): Those of them who have published no video and liked none.
-- SHARE_WITHOUT_ACTIVITY (share or NULL): Their share of the users considered; NULL if those are under {min_users}, if they are under {min_group} themselves, or if the list covers too little.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID
-- order: ACCOUNT_ID
-- reconcile users listed: SUM(USERS_LISTED) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH coverage AS ({coverage_of_accounts}), listed AS ({listed_users}), counted AS (
  SELECT
    ACCOUNT_ID, COUNT(*) AS USERS,
    COUNT(CASE WHEN IS_CONSIDERED THEN 1 END) AS CONSIDERED,
    COUNT(CASE WHEN IS_CONSIDERED AND VIDEO_COUNT = 0 AND DIGG_COUNT = 0 THEN 1 END) AS WITHOUT_ACTIVITY
  FROM (
    SELECT
      listed.*, PRIVATE_ACCOUNT = FALSE AND IS_SERVED AND VIDEO_COUNT IS NOT NULL AND DIGG_COUNT IS NOT NULL
        AS IS_CONSIDERED
    FROM listed
  ) AS users
  GROUP BY ACCOUNT_ID
)
SELECT
  coverage.ACCOUNT_ID,
  COALESCE(counted.USERS, 0) AS USERS_LISTED,
  COALESCE(counted.CONSIDERED, 0) AS USERS_CONSIDERED,
  COALESCE(counted.WITHOUT_ACTIVITY, 0) AS USERS_WITHOUT_ACTIVITY,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND counted.CONSIDERED >= {min_users} AND counted.WITHOUT_ACTIVITY >= {min_group}
    THEN counted.WITHOUT_ACTIVITY / counted.CONSIDERED END AS SHARE_WITHOUT_ACTIVITY,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM coverage
LEFT JOIN counted ON counted.ACCOUNT_ID = coverage.ACCOUNT_ID
