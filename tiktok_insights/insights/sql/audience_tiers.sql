-- One row per audience tier: how many users have an audience of that size. Every tier has a row, even an empty one.
--
-- TIER (one of unknown | under {nano:,} | nano | micro | mid | macro | mega): The tier's name.
-- AT_LEAST (threshold or NULL): Minimum followers for the tier; NULL for users with an unknown follower count.
-- USERS (count): Users in the tier.
-- FOLLOWERS (count): Total followers of these users.
--
-- key: TIER
-- order: AT_LEAST NULLS FIRST, TIER
-- rows: 7
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS_COUNT) of TIKTOK_DATA
SELECT tiers.TIER, tiers.AT_LEAST, COUNT(users.TIKTOK_ID) AS USERS, COALESCE(SUM(users.FOLLOWERS_COUNT), 0) AS FOLLOWERS
FROM (
  SELECT 'unknown' AS TIER, CAST(NULL AS NUMBER(38,0)) AS AT_LEAST, CAST(NULL AS NUMBER(38,0)) AS BELOW
  UNION ALL SELECT 'under {nano:,}', 0, {nano}
  UNION ALL SELECT 'nano', {nano}, {micro}
  UNION ALL SELECT 'micro', {micro}, {mid}
  UNION ALL SELECT 'mid', {mid}, {macro}
  UNION ALL SELECT 'macro', {macro}, {mega}
  UNION ALL SELECT 'mega', {mega}, NULL
) AS tiers
LEFT JOIN {schema}.TIKTOK_DATA AS users
  ON (tiers.AT_LEAST IS NULL AND users.FOLLOWERS_COUNT IS NULL)
  OR (users.FOLLOWERS_COUNT >= tiers.AT_LEAST AND (tiers.BELOW IS NULL OR users.FOLLOWERS_COUNT < tiers.BELOW))
GROUP BY tiers.TIER, tiers.AT_LEAST
