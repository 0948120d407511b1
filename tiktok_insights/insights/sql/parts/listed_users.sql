-- One row per account and user whose state is listed or returned. Only the last spell of a user can be without a miss.
-- Profile and counts are the newest known, also where another account's list has shown the user later.
SELECT
  spells.ACCOUNT_ID, spells.TIKTOK_ID, spells.SPELL, spells.FIRST_SEEN_AT, spells.FOLLOWED_AFTER, spells.FOLLOWED_BEFORE,
  users.USER_NAME, users.NICK_NAME, users.PRIVATE_ACCOUNT, users.ACCOUNT_VERIFIED, users.FOLLOWERS_COUNT,
  users.FOLLOWING_COUNT, users.HEART_COUNT, users.VIDEO_COUNT, users.DIGG_COUNT, users.COUNTS_EXACT,
  -- A follower follows somebody, so a count of 0 was not served.
  COALESCE(users.FOLLOWING_COUNT > 0 AND users.FOLLOWERS_COUNT IS NOT NULL, FALSE) AS IS_SERVED
FROM {schema}.PRESENCE_SPELLS AS spells
LEFT JOIN {schema}.TIKTOK_DATA AS users ON users.TIKTOK_ID = spells.TIKTOK_ID
WHERE spells.FIRST_MISSED_AT IS NULL AND spells.OUT_OF_REACH_AT IS NULL
