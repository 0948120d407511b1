-- One row per nickname: the likes of all users who show it. Nicknames are free text, and many users may share one.
-- NICK_NAME: The name shown; NULL for the users who show none.
-- USERS: Users who show it.
-- HEARTS: Sum of the likes that their videos have received.
SELECT NICK_NAME, COUNT(*) AS USERS, COALESCE(SUM(HEART_COUNT), 0) AS HEARTS
FROM {schema}.TIKTOK_DATA
GROUP BY NICK_NAME
