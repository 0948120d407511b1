-- One row per account and new follower: the {top} most followed of the users who followed within the last {new_days} days and are
-- listed. An account without any has one row without a user. Of a list that is cut, all numbers are of its newest users.
-- Counts are the newest known of each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- PLACE (threshold or NULL): 1 for the most followed of the account's new followers; NULL without any.
-- TIKTOK_ID (id or NULL): The user's ID; the user's whole follow window is in the {new_days} days before the account's last snapshot.
-- USER_NAME (text or NULL): The user's newest known handle.
-- FOLLOWERS (count or NULL): Users who follow this user.
-- IS_NOTABLE (boolean or NULL): Whether they are at least {notable:,}.
-- WAS_SEEN_BEFORE (boolean or NULL): Whether the user was on the account's list before, so is back; also true if the user may have been listed before the retained history.
-- FOLLOWED_AFTER (time or NULL): The user followed at or after this time.
-- FOLLOWED_BEFORE (time or NULL): The user followed before this time.
-- USERS_LISTED (count): Users of the account whose state is listed or returned.
-- USERS_NOTABLE (count): Those of them who have at least {notable:,} followers.
-- USERS_NEW (count): Those of them who followed within the {new_days} days, also with an unknown number of followers.
-- AS_OF (time): When the account's last snapshot began.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, PLACE
-- order: ACCOUNT_ID, PLACE
-- reconcile users listed: SUM(CASE WHEN COALESCE(PLACE, 1) < 2 THEN USERS_LISTED ELSE 0 END) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH coverage AS ({coverage_of_accounts}), users AS (
  SELECT
    listed.*, COALESCE(listed.FOLLOWERS_COUNT >= {notable}, FALSE) AS IS_NOTABLE,
    COALESCE(listed.FOLLOWED_AFTER >= DATEADD(day, -{new_days}, coverage.LAST_LOOKED_AT), FALSE) AS IS_NEW,
    listed.SPELL > 1 OR listed.FIRST_SEEN_AT IS NULL OR listed.FOLLOWED_AFTER > listed.FIRST_SEEN_AT AS WAS_SEEN_BEFORE
  FROM ({listed_users}) AS listed
  JOIN coverage ON coverage.ACCOUNT_ID = listed.ACCOUNT_ID
), counted AS (
  SELECT
    ACCOUNT_ID, COUNT(*) AS USERS_LISTED, COUNT(CASE WHEN IS_NOTABLE THEN 1 END) AS USERS_NOTABLE,
    COUNT(CASE WHEN IS_NEW THEN 1 END) AS USERS_NEW
  FROM users
  GROUP BY ACCOUNT_ID
), ranked AS (
  SELECT users.*, ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID ORDER BY FOLLOWERS_COUNT DESC, TIKTOK_ID) AS PLACE
  FROM users
  WHERE IS_NEW AND FOLLOWERS_COUNT IS NOT NULL
)
SELECT
  coverage.ACCOUNT_ID, ranked.PLACE, ranked.TIKTOK_ID, ranked.USER_NAME, ranked.FOLLOWERS_COUNT AS FOLLOWERS,
  ranked.IS_NOTABLE, ranked.WAS_SEEN_BEFORE, ranked.FOLLOWED_AFTER, ranked.FOLLOWED_BEFORE,
  COALESCE(counted.USERS_LISTED, 0) AS USERS_LISTED, COALESCE(counted.USERS_NOTABLE, 0) AS USERS_NOTABLE,
  COALESCE(counted.USERS_NEW, 0) AS USERS_NEW, coverage.LAST_LOOKED_AT AS AS_OF,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM coverage
LEFT JOIN counted ON counted.ACCOUNT_ID = coverage.ACCOUNT_ID
LEFT JOIN ranked ON ranked.ACCOUNT_ID = coverage.ACCOUNT_ID AND ranked.PLACE <= {top}
