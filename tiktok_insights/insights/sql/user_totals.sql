-- One row: all users seen, and the sums of their own counts. A count that is unknown adds nothing.
-- USERS: Users in TIKTOK_DATA.
-- FOLLOWERS: Sum of the users' followers.
-- FOLLOWING: Sum of those whom the users follow.
-- FRIENDS: Sum of the users' mutual followers.
-- HEARTS: Sum of the likes that the users' videos have received.
-- AS_OF: When the newest row was fetched, UTC.
SELECT
  COUNT(*) AS USERS,
  COALESCE(SUM(FOLLOWERS_COUNT), 0) AS FOLLOWERS,
  COALESCE(SUM(FOLLOWING_COUNT), 0) AS FOLLOWING,
  COALESCE(SUM(FRIENDS_COUNT), 0) AS FRIENDS,
  COALESCE(SUM(HEART_COUNT), 0) AS HEARTS,
  MAX(EXTRACTED_AT) AS AS_OF
FROM {schema}.TIKTOK_DATA
