-- One row per answer to whether TikTok verified a user's account: how many users it holds for.
-- VERIFICATION: verified, not verified, or unknown where the source did not say.
-- USERS: Users for whom it holds.
-- SHARE: Their share of all users, from 0 to 1.
SELECT VERIFICATION, COUNT(*) AS USERS, COUNT(*) / SUM(COUNT(*)) OVER () AS SHARE
FROM (
  SELECT
    CASE WHEN ACCOUNT_VERIFIED THEN 'verified' WHEN NOT ACCOUNT_VERIFIED THEN 'not verified' ELSE 'unknown' END
      AS VERIFICATION
  FROM {schema}.TIKTOK_DATA
) AS users
GROUP BY VERIFICATION
