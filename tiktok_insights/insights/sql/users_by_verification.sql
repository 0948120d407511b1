-- One row per verification status: how many users have it.
--
-- VERIFICATION (one of verified | not verified | unknown): The status; unknown if the source did not say.
-- USERS (count): Users with this status.
-- SHARE (share): Their share of all users.
--
-- key: VERIFICATION
-- order: USERS DESC, VERIFICATION
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
SELECT VERIFICATION, COUNT(*) AS USERS, COUNT(*) / SUM(COUNT(*)) OVER () AS SHARE
FROM (
  SELECT
    CASE WHEN ACCOUNT_VERIFIED THEN 'verified' WHEN NOT ACCOUNT_VERIFIED THEN 'not verified' ELSE 'unknown' END
      AS VERIFICATION
  FROM {schema}.TIKTOK_DATA
) AS users
GROUP BY VERIFICATION
