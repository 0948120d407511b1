-- One row per account: where everybody ever seen on its list is now, and why that is not known of some.
--
-- ACCOUNT_ID (id): The account.
-- USERS (count): Users ever seen. The next five add up to it.
-- LISTED (count): Users who are listed, and were never gone.
-- RETURNED (count): Users who are listed again after they were gone.
-- MISSED_ONCE (count): Users whom one snapshot misses until now.
-- GONE (count): Users whom two snapshots miss.
-- UNKNOWN (count): Users of whom it is not known. The next two add up to it.
-- UNKNOWN_OUT_OF_VIEW (count): Those of them who followed before the time back to which the list reaches now.
-- UNKNOWN_WITHOUT_TIME (count): Those of whom no one knows when they followed: a file from another source showed them last.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID
-- order: ACCOUNT_ID
-- reconcile users per account: SUM(USERS) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of PRESENCE_SPELLS
SELECT
  coverage.ACCOUNT_ID, COUNT(states.STATE) AS USERS,
  COUNT(CASE states.STATE WHEN 'listed' THEN 1 END) AS LISTED,
  COUNT(CASE states.STATE WHEN 'returned' THEN 1 END) AS RETURNED,
  COUNT(CASE states.STATE WHEN 'missed_once' THEN 1 END) AS MISSED_ONCE,
  COUNT(CASE states.STATE WHEN 'gone' THEN 1 END) AS GONE,
  COUNT(CASE states.STATE WHEN 'unknown' THEN 1 END) AS UNKNOWN,
  COUNT(CASE WHEN states.STATE = 'unknown' AND states.FOLLOWED_BEFORE IS NOT NULL THEN 1 END) AS UNKNOWN_OUT_OF_VIEW,
  COUNT(CASE WHEN states.STATE = 'unknown' AND states.FOLLOWED_BEFORE IS NULL THEN 1 END) AS UNKNOWN_WITHOUT_TIME,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM ({coverage_of_accounts}) AS coverage
LEFT JOIN ({states_of_users}) AS states ON states.ACCOUNT_ID = coverage.ACCOUNT_ID
GROUP BY coverage.ACCOUNT_ID, coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
