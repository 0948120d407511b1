-- One row per account and snapshot: how much of the follower list it covers, back to when, and why it ended there.
--
-- ACCOUNT_ID (id): The account.
-- SNAPSHOT_ID (text): The snapshot; for a file from another source, the object's key.
-- HANDLE (text or NULL): The account's handle when the snapshot was taken.
-- LOOKED_AT (time or NULL): When the snapshot counts: when it began or, for a file from another source, its newest row. NULL while it is open.
-- LIST (one of whole | cut | partial | window | hidden or NULL): Cut by the API, stopped early, only what is new, or hidden; NULL for files from other sources.
-- REASON (text or NULL): Why it ended that way.
-- IS_WHOLE (boolean or NULL): True if nobody on the list was missed.
-- SEEN (count): Distinct users in the snapshot.
-- CLAIMED (count or NULL): The account's follower count as reported by the API.
-- SHARE (ratio or NULL): Seen divided by claimed; NULL if unknown or if the snapshot is too little to say more about the account.
-- IS_TOO_LITTLE (boolean): True if the list is not whole and has under {few_users} users or a share under {little_share}. Shares are not shown then.
-- COVERED_FROM (time or NULL): Who followed at or after this time is listed; NULL if unknown, or if the list is whole.
-- COVERED_TO (time or NULL): When the newest page was fetched.
-- HOLES (text or NULL): Follow times in between that could not be read, as a JSON list of first and last second.
-- REQUESTS (count or NULL): Requests made for the snapshot.
-- QUOTA_LEFT (count or NULL): Requests left in the plan after the snapshot's last response; NULL if the API does not say.
--
-- key: ACCOUNT_ID, SNAPSHOT_ID
-- order: LOOKED_AT DESC NULLS FIRST, ACCOUNT_ID, SNAPSHOT_ID
-- reconcile snapshots: COUNT(*) = COUNT(*) of ACCOUNT_SNAPSHOTS
-- reconcile users seen: SUM(SEEN) = SUM(USERS_SEEN) of ACCOUNT_SNAPSHOTS
SELECT
  ACCOUNT_ID, SNAPSHOT_ID, HANDLE, LOOKED_AT, LIST, OUTCOME_REASON AS REASON, IS_WHOLE, USERS_SEEN AS SEEN,
  USERS_CLAIMED AS CLAIMED, CASE WHEN NOT IS_TOO_LITTLE THEN SHARE END AS SHARE, IS_TOO_LITTLE,
  CASE WHEN IS_WHOLE IS DISTINCT FROM TRUE THEN COVERED_FROM END AS COVERED_FROM, COVERED_TO, HOLES, REQUESTS,
  QUOTA_LEFT
FROM (
  SELECT
    with_share.*,
    IS_WHOLE IS DISTINCT FROM TRUE AND (USERS_SEEN < {few_users} OR COALESCE(SHARE < {little_share}, FALSE)) AS IS_TOO_LITTLE
  FROM (
    SELECT
      snapshots.*, USERS_SEEN / NULLIF(USERS_CLAIMED, 0) AS SHARE,
      {kind_of_list} AS LIST
    FROM {schema}.ACCOUNT_SNAPSHOTS AS snapshots
  ) AS with_share
) AS judged
