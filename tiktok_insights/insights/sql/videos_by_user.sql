-- One row per user: number of published videos, and the likes they received.
--
-- TIKTOK_ID (id): The user's ID.
-- USER_NAME (text or NULL): The user's handle.
-- VIDEOS (count or NULL): Videos the user has published; 0 for a private account.
-- HEARTS (count or NULL): Likes the videos have received.
--
-- key: TIKTOK_ID
-- order: VIDEOS DESC NULLS LAST, TIKTOK_ID
-- reconcile users: COUNT(*) = COUNT(*) of TIKTOK_DATA
-- reconcile videos: SUM(VIDEOS) = SUM(VIDEO_COUNT) of TIKTOK_DATA
-- reconcile hearts: SUM(HEARTS) = SUM(HEART_COUNT) of TIKTOK_DATA
SELECT TIKTOK_ID, USER_NAME, VIDEO_COUNT AS VIDEOS, HEART_COUNT AS HEARTS
FROM {schema}.TIKTOK_DATA
