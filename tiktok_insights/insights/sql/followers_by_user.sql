-- One row per user: follower and following counts.
--
-- TIKTOK_ID (id): The user's ID.
-- USER_NAME (text or NULL): The user's handle.
-- NICK_NAME (text or NULL): The display name.
-- FOLLOWERS (count or NULL): Users who follow this user.
-- FOLLOWING_COUNT (count or NULL): Users that this user follows.
--
-- key: TIKTOK_ID
-- order: FOLLOWERS DESC NULLS LAST, TIKTOK_ID
-- reconcile users: COUNT(*) = COUNT(*) of TIKTOK_DATA
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS_COUNT) of TIKTOK_DATA
-- reconcile following: SUM(FOLLOWING_COUNT) = SUM(FOLLOWING_COUNT) of TIKTOK_DATA
SELECT TIKTOK_ID, USER_NAME, NICK_NAME, FOLLOWERS_COUNT AS FOLLOWERS, FOLLOWING_COUNT
FROM {schema}.TIKTOK_DATA
