-- One row per account and user on its list: what is unusual about the user. Nothing here says that a user is not real.
-- Counts are the newest known of each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- TIKTOK_ID (id): The user's ID; the user's state is listed or returned.
-- USER_NAME (text or NULL): The user's newest known handle.
-- SIGNS (one of none | one | several | cannot say): How many of the signs below the user has; cannot say if the user is private, or the counts were not served.
-- HAS_DEFAULT_HANDLE (boolean or NULL): Whether the handle is `user` and digits. Of each sign, NULL means unknown.
-- FOLLOWS_MANY_MORE (boolean or NULL): Whether the user follows at least {follows_many:,} accounts and at least {many_times} times as many as follow the user.
-- NEVER_LIKED (boolean or NULL): Whether the user has liked no video.
-- WAS_YOUNG (boolean or NULL): Whether the user's account was younger than {young_days} days when the user followed.
-- IS_SAME_AGE (boolean or NULL): Whether at least {min_group} users on the list have accounts that were created on the same day.
-- IS_AT_LIMIT (boolean or NULL): Whether the user follows at least {follow_limit:,} accounts; TikTok allows 10,000.
-- CREATED_AT (time or NULL): When the user's account was created, from its ID; NULL if the ID does not say.
-- FOLLOWED_AFTER (time or NULL): The user followed at or after this time, by the last snapshot that shows the user.
-- FOLLOWED_BEFORE (time or NULL): The user followed before this time; NULL if the last one is a file from another source.
--
-- key: ACCOUNT_ID, TIKTOK_ID
-- order: FOLLOWED_BEFORE DESC NULLS LAST, ACCOUNT_ID, TIKTOK_ID
-- reconcile users listed: COUNT(*) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
SELECT
  ACCOUNT_ID, TIKTOK_ID, USER_NAME, SIGNS, HAS_DEFAULT_HANDLE, FOLLOWS_MANY_MORE, NEVER_LIKED, WAS_YOUNG, IS_SAME_AGE,
  IS_AT_LIMIT, CREATED_AT, FOLLOWED_AFTER, FOLLOWED_BEFORE
FROM ({signs_of_users}) AS users
