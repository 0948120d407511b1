-- One row per account: the users on its list, who they are, and the sums of their counts. Counts are the newest known of
-- each user, from whichever account's list.
--
-- ACCOUNT_ID (id): The account.
-- USERS (count): Users whose state is listed or returned. The next four add up to it.
-- EXACT (count): Users with exact counts.
-- ROUNDED (count): Users with rounded counts.
-- EXACT_OR_ROUNDED (count): Users with counts of which the source did not say whether they are rounded.
-- NOT_SERVED (count): Users without counts: a follower follows somebody, so with 0 followed accounts they were not served.
-- FOLLOWERS (count): Users who follow these users, in total. Counts that were not served are in none of the sums and tiers.
-- FOLLOWERS_USERS (count): Users in that sum.
-- FOLLOWING_COUNT (count): Accounts that they follow, in total.
-- FOLLOWING_USERS (count): Users in that sum.
-- HEARTS (count): Likes their videos have received, in total.
-- HEARTS_USERS (count): Users in that sum.
-- PUBLIC_USERS (count): Users with a public account. The next two and this add up to USERS.
-- PRIVATE_USERS (count): Users with a private account.
-- UNKNOWN_PRIVACY (count): Users of whom the source did not say.
-- VERIFIED_USERS (count): Users whom TikTok verified. The next two and this add up to USERS.
-- NOT_VERIFIED_USERS (count): Users whom TikTok did not verify.
-- UNKNOWN_VERIFICATION (count): Users of whom the source did not say.
-- UNDER_NANO (count): Users with under {nano:,} followers. The tiers and NOT_SERVED add up to USERS.
-- NANO (count): Users with {nano:,} to {micro-1:,} followers.
-- MICRO (count): Users with {micro:,} to {mid-1:,} followers.
-- MID (count): Users with {mid:,} to {macro-1:,} followers.
-- MACRO (count): Users with {macro:,} to {mega-1:,} followers.
-- MEGA (count): Users with at least {mega:,} followers.
-- IS_TOO_LITTLE (boolean): True if the list covers too little for a share of its users.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID
-- order: ACCOUNT_ID
-- reconcile users listed: SUM(USERS) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
SELECT
  coverage.ACCOUNT_ID, COUNT(users.TIKTOK_ID) AS USERS,
  COUNT(CASE WHEN users.IS_SERVED AND users.COUNTS_EXACT THEN 1 END) AS EXACT,
  COUNT(CASE WHEN users.IS_SERVED AND NOT users.COUNTS_EXACT THEN 1 END) AS ROUNDED,
  COUNT(CASE WHEN users.IS_SERVED AND users.COUNTS_EXACT IS NULL THEN 1 END) AS EXACT_OR_ROUNDED,
  COUNT(CASE WHEN NOT users.IS_SERVED THEN 1 END) AS NOT_SERVED,
  COALESCE(SUM(CASE WHEN users.IS_SERVED THEN users.FOLLOWERS_COUNT END), 0) AS FOLLOWERS,
  COUNT(CASE WHEN users.IS_SERVED THEN users.FOLLOWERS_COUNT END) AS FOLLOWERS_USERS,
  COALESCE(SUM(CASE WHEN users.IS_SERVED THEN users.FOLLOWING_COUNT END), 0) AS FOLLOWING_COUNT,
  COUNT(CASE WHEN users.IS_SERVED THEN users.FOLLOWING_COUNT END) AS FOLLOWING_USERS,
  COALESCE(SUM(CASE WHEN users.IS_SERVED THEN users.HEART_COUNT END), 0) AS HEARTS,
  COUNT(CASE WHEN users.IS_SERVED THEN users.HEART_COUNT END) AS HEARTS_USERS,
  COUNT(CASE WHEN NOT users.PRIVATE_ACCOUNT THEN 1 END) AS PUBLIC_USERS,
  COUNT(CASE WHEN users.PRIVATE_ACCOUNT THEN 1 END) AS PRIVATE_USERS,
  COUNT(CASE WHEN users.PRIVATE_ACCOUNT IS NULL THEN users.TIKTOK_ID END) AS UNKNOWN_PRIVACY,
  COUNT(CASE WHEN users.ACCOUNT_VERIFIED THEN 1 END) AS VERIFIED_USERS,
  COUNT(CASE WHEN NOT users.ACCOUNT_VERIFIED THEN 1 END) AS NOT_VERIFIED_USERS,
  COUNT(CASE WHEN users.ACCOUNT_VERIFIED IS NULL THEN users.TIKTOK_ID END) AS UNKNOWN_VERIFICATION,
  COUNT(CASE users.TIER WHEN 0 THEN 1 END) AS UNDER_NANO, COUNT(CASE users.TIER WHEN 1 THEN 1 END) AS NANO,
  COUNT(CASE users.TIER WHEN 2 THEN 1 END) AS MICRO, COUNT(CASE users.TIER WHEN 3 THEN 1 END) AS MID,
  COUNT(CASE users.TIER WHEN 4 THEN 1 END) AS MACRO, COUNT(CASE users.TIER WHEN 5 THEN 1 END) AS MEGA,
  coverage.IS_TOO_LITTLE, coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM ({coverage_of_accounts}) AS coverage
LEFT JOIN (
  SELECT
    listed.*, CASE WHEN IS_SERVED THEN
      CASE WHEN FOLLOWERS_COUNT < {nano} THEN 0 WHEN FOLLOWERS_COUNT < {micro} THEN 1 WHEN FOLLOWERS_COUNT < {mid} THEN 2
        WHEN FOLLOWERS_COUNT < {macro} THEN 3 WHEN FOLLOWERS_COUNT < {mega} THEN 4 ELSE 5 END END AS TIER
  FROM ({listed_users}) AS listed
) AS users ON users.ACCOUNT_ID = coverage.ACCOUNT_ID
GROUP BY coverage.ACCOUNT_ID, coverage.IS_TOO_LITTLE, coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
