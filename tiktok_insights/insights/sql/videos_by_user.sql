-- One row per user: how many videos the user has published, and the likes that they have received.
-- TIKTOK_ID: The user's id.
-- USER_NAME: The user's handle.
-- VIDEOS: Videos that the user has published; 0 for a private account.
-- HEARTS: Likes that the videos have received.
SELECT TIKTOK_ID, USER_NAME, VIDEO_COUNT AS VIDEOS, HEART_COUNT AS HEARTS
FROM {schema}.TIKTOK_DATA
