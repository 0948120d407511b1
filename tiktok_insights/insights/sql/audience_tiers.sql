-- One row per audience tier: how many users have an audience of that size. Every tier has a row, even an empty one.
--
-- TIER (one of unknown | under 1,000 | nano | micro | macro | mega): The tier's name.
-- AT_LEAST (threshold or NULL): Minimum followers for the tier; NULL for users with an unknown follower count.
-- USERS (count): Users in the tier.
-- FOLLOWERS (count): Total followers of these users.
--
-- key: TIER
-- order: AT_LEAST NULLS FIRST, TIER
-- rows: 6
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS_COUNT) of TIKTOK_DATA
SELECT tiers.TIER, tiers.AT_LEAST, COUNT(users.TIKTOK_ID) AS USERS, COALESCE(SUM(users.FOLLOWERS_COUNT), 0) AS FOLLOWERS
FROM (
  SELECT 'unknown' AS TIER, CAST(NULL AS NUMBER(38,0)) AS AT_LEAST, CAST(NULL AS NUMBER(38,0)) AS BELOW
  UNION ALL SELECT 'under 1,000', 0, 1000
  UNION ALL SELECT 'nano', 1000, 10000
  UNION ALL SELECT 'micro', 10000, 100000
  UNION ALL SELECT 'macro', 100000, 1000000
  UNION ALL SELECT 'mega', 1000000, NULL
) AS tiers
LEFT JOIN {schema}.TIKTOK_DATA AS users
  ON (tiers.AT_LEAST IS NULL AND users.FOLLOWERS_COUNT IS NULL)
  OR (users.FOLLOWERS_COUNT >= tiers.AT_LEAST AND (tiers.BELOW IS NULL OR users.FOLLOWERS_COUNT < tiers.BELOW))
GROUP BY tiers.TIER, tiers.AT_LEAST
