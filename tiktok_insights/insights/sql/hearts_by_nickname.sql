-- One row per nickname: the likes of all users with that nickname. Nicknames are free text, and many users may share one.
--
-- NICK_NAME (text or NULL): The display name; NULL for users without one.
-- USERS (count): Users with this nickname.
-- HEARTS (count): Total likes their videos have received.
--
-- key: NICK_NAME
-- order: HEARTS DESC, USERS DESC, NICK_NAME
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
-- reconcile hearts: SUM(HEARTS) = SUM(HEART_COUNT) of TIKTOK_DATA
SELECT NICK_NAME, COUNT(*) AS USERS, COALESCE(SUM(HEART_COUNT), 0) AS HEARTS
FROM {schema}.TIKTOK_DATA
GROUP BY NICK_NAME
