-- One row per account: how much of its follower list the newest snapshot covers, how it ended, and when. A snapshot of
-- only what is new does not count, unless there is no other.
--
-- ACCOUNT_ID (id): The account.
-- HANDLE (text or NULL): The account's handle when the snapshot was taken; NULL for files from other sources.
-- OUTCOME (text or NULL): How the snapshot ended, such as whole or deferred; NULL if unknown.
-- OUTCOME_REASON (text or NULL): Why it ended that way.
-- USERS_SEEN (count): Distinct users in the snapshot.
-- USERS_CLAIMED (count or NULL): The account's follower count as reported by the API.
-- SHARE_SEEN (ratio or NULL): Users seen divided by users claimed. It can exceed 1 if users followed during the extraction.
-- AS_OF (time or NULL): When the snapshot finished; for files from other sources, when the newest row was fetched.
--
-- key: ACCOUNT_ID
-- order: HANDLE NULLS LAST, ACCOUNT_ID
-- reconcile accounts: COUNT(*) = COUNT(DISTINCT ACCOUNT_ID) of ACCOUNT_SNAPSHOTS
SELECT
  ACCOUNT_ID, HANDLE, OUTCOME, OUTCOME_REASON, USERS_SEEN, USERS_CLAIMED,
  USERS_SEEN / NULLIF(USERS_CLAIMED, 0) AS SHARE_SEEN,
  TAKEN_AT AS AS_OF
FROM (
  SELECT
    snapshots.*, COALESCE(FINISHED_AT, LOOKED_AT) AS TAKEN_AT,
    ROW_NUMBER() OVER (
      PARTITION BY ACCOUNT_ID
      ORDER BY CASE WHEN OUTCOME = 'window' THEN 1 ELSE 0 END, COALESCE(FINISHED_AT, LOOKED_AT) DESC NULLS LAST,
        OBJECT_KEY DESC
    ) AS PLACE
  FROM {schema}.ACCOUNT_SNAPSHOTS AS snapshots
) AS ranked
WHERE PLACE = 1
