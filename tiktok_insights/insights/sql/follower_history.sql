-- One row per account and loaded snapshot: how many users it includes, and how many of them are new for the
-- account.
--
-- ACCOUNT_ID (id): The account.
-- SNAPSHOT_ID (text): The snapshot; for a file from another source, the object's key.
-- HANDLE (text or NULL): The account's handle when the snapshot was taken.
-- OUTCOME (text or NULL): How the snapshot ended. A list that is not whole says nothing about users it does not include.
-- TAKEN_AT (time or NULL): When the snapshot's newest row was fetched.
-- USERS_SEEN (count): Distinct users in the snapshot.
-- USERS_NEW (count): Users in no earlier snapshot of the account.
-- USERS_CLAIMED (count or NULL): The account's follower count as reported by the API.
--
-- key: ACCOUNT_ID, SNAPSHOT_ID
-- order: TAKEN_AT DESC, ACCOUNT_ID, SNAPSHOT_ID
-- reconcile rows in the history: SUM(USERS_SEEN) = COUNT(*) of FOLLOWER_SNAPSHOTS
-- reconcile users per account: SUM(USERS_NEW) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of FOLLOWER_SNAPSHOTS
SELECT
  seen.ACCOUNT_ID, seen.SNAPSHOT_ID, snapshots.HANDLE, snapshots.OUTCOME, seen.TAKEN_AT, seen.USERS_SEEN,
  seen.USERS_NEW, snapshots.USERS_CLAIMED
FROM (
  SELECT
    ACCOUNT_ID, SNAPSHOT_ID, OBJECT_KEY, MAX(EXTRACTED_AT) AS TAKEN_AT, COUNT(*) AS USERS_SEEN,
    SUM(CASE WHEN APPEARANCE = 1 THEN 1 ELSE 0 END) AS USERS_NEW
  FROM (
    SELECT
      rows_seen.*,
      ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID ORDER BY SNAPSHOT_AT, OBJECT_KEY) AS APPEARANCE
    FROM (
      SELECT
        ACCOUNT_ID, SNAPSHOT_ID, OBJECT_KEY, TIKTOK_ID, EXTRACTED_AT,
        MAX(EXTRACTED_AT) OVER (PARTITION BY OBJECT_KEY) AS SNAPSHOT_AT
      FROM {schema}.FOLLOWER_SNAPSHOTS
    ) AS rows_seen
  ) AS numbered
  GROUP BY ACCOUNT_ID, SNAPSHOT_ID, OBJECT_KEY
) AS seen
LEFT JOIN {schema}.ACCOUNT_SNAPSHOTS AS snapshots ON snapshots.OBJECT_KEY = seen.OBJECT_KEY
