-- One row: all users seen, and the sums of their own counts. An unknown count adds nothing.
--
-- USERS (count): Users in TIKTOK_DATA.
-- FOLLOWERS (count): Sum of the users' followers.
-- FOLLOWING (count): Sum of those whom the users follow.
-- FRIENDS (count): Sum of the users' mutual followers.
-- HEARTS (count): Sum of the likes that the users' videos have received.
-- AS_OF (time or NULL): When the newest row was fetched; NULL when there are no users.
--
-- rows: 1
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS_COUNT) of TIKTOK_DATA
-- reconcile following: SUM(FOLLOWING) = SUM(FOLLOWING_COUNT) of TIKTOK_DATA
-- reconcile friends: SUM(FRIENDS) = SUM(FRIENDS_COUNT) of TIKTOK_DATA
-- reconcile hearts: SUM(HEARTS) = SUM(HEART_COUNT) of TIKTOK_DATA
SELECT
  COUNT(*) AS USERS,
  COALESCE(SUM(FOLLOWERS_COUNT), 0) AS FOLLOWERS,
  COALESCE(SUM(FOLLOWING_COUNT), 0) AS FOLLOWING,
  COALESCE(SUM(FRIENDS_COUNT), 0) AS FRIENDS,
  COALESCE(SUM(HEART_COUNT), 0) AS HEARTS,
  MAX(EXTRACTED_AT) AS AS_OF
FROM {schema}.TIKTOK_DATA
