-- One row per account and loaded snapshot: how many users it includes, and how many of them are new for the
-- account.
--
-- ACCOUNT_ID (id): The account.
-- SNAPSHOT_ID (text): The snapshot; for a file from another source, the object's key.
-- HANDLE (text or NULL): The account's handle when the snapshot was taken.
-- OUTCOME (text or NULL): How the snapshot ended. A list that is not whole says nothing about users it does not include.
-- TAKEN_AT (time or NULL): When the snapshot began; for a file from another source, when its newest row was fetched.
-- USERS_SEEN (count): Distinct users in the snapshot.
-- USERS_NEW (count): Users in no earlier snapshot of the account, and not before the retained history.
-- USERS_CLAIMED (count or NULL): The account's follower count as reported by the API.
--
-- key: ACCOUNT_ID, SNAPSHOT_ID
-- order: TAKEN_AT DESC, ACCOUNT_ID, SNAPSHOT_ID
-- reconcile rows in the history: SUM(USERS_SEEN) = COUNT(*) of FOLLOWER_SNAPSHOTS
-- reconcile users first seen: SUM(USERS_NEW) = COUNT(CASE WHEN SPELL < 2 THEN FIRST_OBJECT_KEY END) of PRESENCE_SPELLS
SELECT
  snapshots.ACCOUNT_ID, snapshots.SNAPSHOT_ID, snapshots.HANDLE, snapshots.OUTCOME, snapshots.LOOKED_AT AS TAKEN_AT,
  ledger.ROWS_STAGED AS USERS_SEEN, COALESCE(first_seen.USERS, 0) AS USERS_NEW, snapshots.USERS_CLAIMED
FROM {schema}.ACCOUNT_SNAPSHOTS AS snapshots
JOIN {schema}.LOAD_HISTORY AS ledger ON ledger.OBJECT_KEY = snapshots.OBJECT_KEY AND ledger.STATUS = 'loaded'
LEFT JOIN (
  SELECT FIRST_OBJECT_KEY, COUNT(*) AS USERS FROM {schema}.PRESENCE_SPELLS WHERE SPELL = 1 GROUP BY FIRST_OBJECT_KEY
) AS first_seen ON first_seen.FIRST_OBJECT_KEY = snapshots.OBJECT_KEY
