-- One row per account and band: how many of the users on its list follow so many accounts. Every account has every band.
-- Counts are the newest known of each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- BAND (one of not served | 1-{following_some-1:,} | {following_some:,}-{following_many-1:,} | {following_many:,}-{following_very_many-1:,} | {following_very_many:,}-{follow_limit-1:,} | {follow_limit:,}+): How many accounts the users follow. A follower follows at least one, so a count of 0 was not served.
-- AT_LEAST (threshold or NULL): The band's least number; NULL for counts that were not served.
-- USERS (count): Users of the band whose state is listed or returned.
-- USERS_SERVED (count): Users of all bands but the one that was not served.
-- SHARE (share or NULL): The users' share of the users served; NULL if those are under {min_users}, if the users are under {min_group}, if they were not served, or if the list covers too little.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, BAND
-- order: ACCOUNT_ID, AT_LEAST NULLS FIRST, BAND
-- reconcile users listed: SUM(USERS) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH coverage AS ({coverage_of_accounts}), listed AS ({listed_users}), bands AS (
  SELECT 'not served' AS BAND, CAST(NULL AS NUMBER(38,0)) AS AT_LEAST, CAST(NULL AS NUMBER(38,0)) AS BELOW
  UNION ALL SELECT '1-{following_some-1:,}', 1, {following_some}
  UNION ALL SELECT '{following_some:,}-{following_many-1:,}', {following_some}, {following_many}
  UNION ALL SELECT '{following_many:,}-{following_very_many-1:,}', {following_many}, {following_very_many}
  UNION ALL SELECT '{following_very_many:,}-{follow_limit-1:,}', {following_very_many}, {follow_limit}
  UNION ALL SELECT '{follow_limit:,}+', {follow_limit}, NULL
), counted AS (
  SELECT coverage.ACCOUNT_ID, bands.BAND, bands.AT_LEAST, COUNT(listed.TIKTOK_ID) AS USERS
  FROM coverage
  CROSS JOIN bands
  LEFT JOIN listed ON listed.ACCOUNT_ID = coverage.ACCOUNT_ID AND (
    (bands.AT_LEAST IS NULL AND COALESCE(listed.FOLLOWING_COUNT, 0) = 0)
    OR (listed.FOLLOWING_COUNT >= bands.AT_LEAST AND (bands.BELOW IS NULL OR listed.FOLLOWING_COUNT < bands.BELOW)))
  GROUP BY coverage.ACCOUNT_ID, bands.BAND, bands.AT_LEAST
), served AS (
  SELECT
    counted.*, SUM(CASE WHEN AT_LEAST IS NULL THEN 0 ELSE USERS END) OVER (PARTITION BY ACCOUNT_ID) AS USERS_SERVED
  FROM counted
)
SELECT
  served.ACCOUNT_ID, served.BAND, served.AT_LEAST, served.USERS, served.USERS_SERVED,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND served.AT_LEAST IS NOT NULL AND served.USERS_SERVED >= {min_users}
    AND served.USERS >= {min_group} THEN served.USERS / served.USERS_SERVED END AS SHARE,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM served
JOIN coverage ON coverage.ACCOUNT_ID = served.ACCOUNT_ID
