-- One row per user: who has the most followers, and how many the user follows.
-- TIKTOK_ID: The user's id.
-- USER_NAME: The user's handle.
-- NICK_NAME: The name shown.
-- FOLLOWERS: Users who follow this user.
-- FOLLOWING: Users whom this user follows.
SELECT TIKTOK_ID, USER_NAME, NICK_NAME, FOLLOWERS_COUNT AS FOLLOWERS, FOLLOWING_COUNT AS FOLLOWING
FROM {schema}.TIKTOK_DATA
