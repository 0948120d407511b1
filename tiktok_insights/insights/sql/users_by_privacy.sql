-- One row per privacy setting: how many users have it.
--
-- PRIVACY (one of public | private | unknown): The setting; unknown if the source did not say.
-- USERS (count): Users with this setting.
-- SHARE (share): Their share of all users.
--
-- key: PRIVACY
-- order: USERS DESC, PRIVACY
-- reconcile users: SUM(USERS) = COUNT(*) of TIKTOK_DATA
SELECT PRIVACY, COUNT(*) AS USERS, COUNT(*) / SUM(COUNT(*)) OVER () AS SHARE
FROM (
  SELECT CASE WHEN PRIVATE_ACCOUNT THEN 'private' WHEN NOT PRIVATE_ACCOUNT THEN 'public' ELSE 'unknown' END AS PRIVACY
  FROM {schema}.TIKTOK_DATA
) AS users
GROUP BY PRIVACY
