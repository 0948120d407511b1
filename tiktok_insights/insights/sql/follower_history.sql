-- One row per account and loaded snapshot: how many users it shows, and how many of them no earlier one of the account did.
-- ACCOUNT_ID: The account.
-- SNAPSHOT_ID: The snapshot; for a file of another producer, the object's key.
-- HANDLE: The account's handle when the snapshot was taken.
-- OUTCOME: How the walk along the list ended; a list that is not whole says nothing of users whom it does not show.
-- TAKEN_AT: When the snapshot's newest row was fetched, UTC.
-- USERS_SEEN: Different users in the snapshot.
-- USERS_NEW: Those of them whom no earlier snapshot of the account shows.
-- USERS_CLAIMED: Followers that the account had by the API's own count.
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
