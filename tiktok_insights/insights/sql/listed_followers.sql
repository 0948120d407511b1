-- One row per account and user on its list: the user's profile and counts, and when the user followed. They are the newest
-- known of each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- TIKTOK_ID (id): The user's ID; the user's state is listed or returned.
-- USER_NAME (text or NULL): The user's newest known handle.
-- NICK_NAME (text or NULL): The display name. It may be empty, is not unique, and can be in any script.
-- PRIVACY (one of public | private | unknown): The user's setting; unknown if the source did not say.
-- VERIFICATION (one of verified | not verified | unknown): Whether TikTok verified the user; unknown if the source did not say.
-- COUNTS (one of exact | rounded | unknown | not served): What the counts below are; unknown if the source did not say whether they are rounded. A follower follows somebody, so with 0 followed accounts they were not served.
-- FOLLOWERS (count or NULL): Users who follow this user.
-- FOLLOWING_COUNT (count or NULL): Accounts that this user follows.
-- HEARTS (count or NULL): Likes the user's videos have received.
-- VIDEOS (count or NULL): Videos the user has published; 0 for a private account.
-- FOLLOWED_AFTER (time or NULL): The user followed at or after this time, by the last snapshot that shows the user.
-- FOLLOWED_BEFORE (time or NULL): The user followed before this time; NULL if the last one is a file from another source.
--
-- key: ACCOUNT_ID, TIKTOK_ID
-- order: FOLLOWED_BEFORE DESC NULLS LAST, ACCOUNT_ID, TIKTOK_ID
-- reconcile users listed: COUNT(*) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
SELECT
  ACCOUNT_ID, TIKTOK_ID, USER_NAME, NICK_NAME,
  CASE WHEN PRIVATE_ACCOUNT THEN 'private' WHEN NOT PRIVATE_ACCOUNT THEN 'public' ELSE 'unknown' END AS PRIVACY,
  CASE WHEN ACCOUNT_VERIFIED THEN 'verified' WHEN NOT ACCOUNT_VERIFIED THEN 'not verified' ELSE 'unknown' END
    AS VERIFICATION,
  CASE WHEN NOT IS_SERVED THEN 'not served' WHEN COUNTS_EXACT THEN 'exact' WHEN NOT COUNTS_EXACT THEN 'rounded'
    ELSE 'unknown' END AS COUNTS,
  FOLLOWERS_COUNT AS FOLLOWERS, FOLLOWING_COUNT, HEART_COUNT AS HEARTS, VIDEO_COUNT AS VIDEOS,
  FOLLOWED_AFTER, FOLLOWED_BEFORE
FROM ({listed_users}) AS users
