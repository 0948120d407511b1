-- One row per account with a list: its newest snapshot that is neither a window nor of a list that nobody can see.
SELECT ACCOUNT_ID, OBJECT_KEY, LOOKED_AT, COALESCE(IS_WHOLE, FALSE) AS IS_WHOLE, USERS_SEEN AS SEEN, USERS_CLAIMED AS CLAIMED,
  COVERAGE
FROM (
  SELECT
    looks.*, ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT DESC, OBJECT_KEY DESC) AS PLACE
  FROM {schema}.ACCOUNT_SNAPSHOTS AS looks
  WHERE LOOKED_AT IS NOT NULL AND COALESCE(OUTCOME, '') NOT IN ('window', 'hidden', 'private', 'banned')
) AS numbered
WHERE PLACE = 1
