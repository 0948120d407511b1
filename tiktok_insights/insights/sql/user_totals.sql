-- One row: the number of users, and the totals of their counts. Unknown counts are ignored.
--
-- USERS (count): Users in TIKTOK_DATA.
-- FOLLOWERS (count): Total followers of the users.
-- FOLLOWING_COUNT (count): Total accounts that the users follow.
-- FRIENDS (count): Total mutual followers of the users.
-- HEARTS (count): Total likes the users' videos have received.
-- AS_OF (time or NULL): When the newest row was fetched; NULL if there are no users.
--
-- rows: 1
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS_COUNT) of TIKTOK_DATA
-- reconcile following: SUM(FOLLOWING_COUNT) = SUM(FOLLOWING_COUNT) of TIKTOK_DATA
-- reconcile friends: SUM(FRIENDS) = SUM(FRIENDS_COUNT) of TIKTOK_DATA
-- reconcile hearts: SUM(HEARTS) = SUM(HEART_COUNT) of TIKTOK_DATA
SELECT
  COUNT(*) AS USERS,
  COALESCE(SUM(FOLLOWERS_COUNT), 0) AS FOLLOWERS,
  COALESCE(SUM(FOLLOWING_COUNT), 0) AS FOLLOWING_COUNT,
  COALESCE(SUM(FRIENDS_COUNT), 0) AS FRIENDS,
  COALESCE(SUM(HEART_COUNT), 0) AS HEARTS,
  MAX(EXTRACTED_AT) AS AS_OF
FROM {schema}.TIKTOK_DATA
