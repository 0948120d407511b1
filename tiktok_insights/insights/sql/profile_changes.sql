-- One row per account, user, field and snapshot: the handle or the verification of a follower has changed since the last
-- snapshot that knew it. A user is known by the ID, so a new handle is not a new user.
--
-- ACCOUNT_ID (id): The account whose snapshots show it.
-- TIKTOK_ID (id): The user's ID.
-- FIELD (one of handle | verification): What has changed.
-- OLD_VALUE (text): The handle before; or verified, or not verified.
-- NEW_VALUE (text): The same after the change.
-- IS_FIRST (boolean): True if no snapshot before shows the user with the new value; false if the user went back to it.
-- OLD_SEEN_AT (time): When the last snapshot began that shows the old value.
-- NEW_SEEN_AT (time): When the first snapshot began that shows the new one.
-- SNAPSHOT_ID (text): That snapshot.
--
-- key: ACCOUNT_ID, TIKTOK_ID, FIELD, SNAPSHOT_ID
-- order: NEW_SEEN_AT DESC, ACCOUNT_ID, TIKTOK_ID, FIELD, SNAPSHOT_ID
-- reconcile handles after the first: SUM(CASE FIELD WHEN 'handle' THEN CASE WHEN IS_FIRST THEN 1 END END) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID, USER_NAME) - COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID, CASE WHEN USER_NAME IS NOT NULL THEN 1 END) of FOLLOWER_SNAPSHOTS
WITH changed AS (
  -- Few users ever change, and only their rows are put in order.
  SELECT TIKTOK_ID
  FROM {schema}.FOLLOWER_SNAPSHOTS
  GROUP BY TIKTOK_ID
  HAVING MIN(USER_NAME) <> MAX(USER_NAME) OR (
    MAX(CASE WHEN ACCOUNT_VERIFIED THEN 1 ELSE 0 END) = 1 AND MAX(CASE WHEN NOT ACCOUNT_VERIFIED THEN 1 ELSE 0 END) = 1)
), sightings AS (
  SELECT
    seen.ACCOUNT_ID, seen.TIKTOK_ID, seen.SNAPSHOT_ID, seen.OBJECT_KEY, looks.LOOKED_AT, seen.USER_NAME,
    CASE WHEN seen.ACCOUNT_VERIFIED THEN 'verified' WHEN NOT seen.ACCOUNT_VERIFIED THEN 'not verified' END
      AS VERIFICATION
  FROM {schema}.FOLLOWER_SNAPSHOTS AS seen
  JOIN changed ON changed.TIKTOK_ID = seen.TIKTOK_ID
  JOIN {schema}.ACCOUNT_SNAPSHOTS AS looks ON looks.OBJECT_KEY = seen.OBJECT_KEY
), known AS (
  SELECT ACCOUNT_ID, TIKTOK_ID, SNAPSHOT_ID, OBJECT_KEY, LOOKED_AT, 'handle' AS FIELD, USER_NAME AS NEW_VALUE
  FROM sightings WHERE USER_NAME IS NOT NULL
  UNION ALL
  SELECT ACCOUNT_ID, TIKTOK_ID, SNAPSHOT_ID, OBJECT_KEY, LOOKED_AT, 'verification', VERIFICATION
  FROM sightings WHERE VERIFICATION IS NOT NULL
), pairs AS (
  SELECT
    known.*,
    LAG(NEW_VALUE) OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID, FIELD ORDER BY LOOKED_AT, OBJECT_KEY) AS OLD_VALUE,
    LAG(LOOKED_AT) OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID, FIELD ORDER BY LOOKED_AT, OBJECT_KEY) AS OLD_SEEN_AT,
    ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID, FIELD, NEW_VALUE ORDER BY LOOKED_AT, OBJECT_KEY) AS TIME_SEEN
  FROM known
)
SELECT
  ACCOUNT_ID, TIKTOK_ID, FIELD, OLD_VALUE, NEW_VALUE, TIME_SEEN = 1 AS IS_FIRST, OLD_SEEN_AT, LOOKED_AT AS NEW_SEEN_AT,
  SNAPSHOT_ID
FROM pairs
WHERE OLD_VALUE <> NEW_VALUE
