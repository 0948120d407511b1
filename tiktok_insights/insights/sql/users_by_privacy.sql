-- One row per kind of account, public, private or unknown, that a user has: how many there are.
-- PRIVACY: public, private, or unknown where the source did not say.
-- USERS: Users with such an account.
-- SHARE: Their share of all users, from 0 to 1.
SELECT PRIVACY, COUNT(*) AS USERS, COUNT(*) / SUM(COUNT(*)) OVER () AS SHARE
FROM (
  SELECT CASE WHEN PRIVATE_ACCOUNT THEN 'private' WHEN NOT PRIVATE_ACCOUNT THEN 'public' ELSE 'unknown' END AS PRIVACY
  FROM {schema}.TIKTOK_DATA
) AS users
GROUP BY PRIVACY
