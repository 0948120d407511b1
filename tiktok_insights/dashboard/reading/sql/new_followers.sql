-- One row per account and one of the most followed among the new; one without a user for an account without any.
SELECT
  new.ACCOUNT_ID, new.PLACE, new.TIKTOK_ID, new.USER_NAME, listed.NICK_NAME, new.FOLLOWERS, listed.FOLLOWING_COUNT,
  listed.HEARTS, listed.VIDEOS, new.WAS_SEEN_BEFORE, new.USERS_NOTABLE, new.USERS_NEW
FROM {marts}.NOTABLE_NEW_FOLLOWERS AS new
LEFT JOIN {marts}.LISTED_FOLLOWERS AS listed
  ON listed.ACCOUNT_ID = new.ACCOUNT_ID AND listed.TIKTOK_ID = new.TIKTOK_ID
WHERE new.ACCOUNT_ID IN ({accounts})
ORDER BY new.ACCOUNT_ID, new.PLACE
