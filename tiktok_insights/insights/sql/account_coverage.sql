-- One row per account: how much of its follower list its newest snapshot has, how that ended, and as of when.
-- ACCOUNT_ID: The account.
-- HANDLE: The account's handle when the snapshot was taken; NULL for files of other producers.
-- OUTCOME: How the walk along the list ended, such as whole, partial or deferred; NULL when nobody said.
-- OUTCOME_REASON: Why it ended there.
-- USERS_SEEN: Different users in the snapshot.
-- USERS_CLAIMED: Followers that the account has by the API's own count.
-- SHARE_SEEN: Seen of claimed, from 0 to 1; NULL when nothing is claimed.
-- AS_OF: When the snapshot was finished; for files of other producers, when its newest row was fetched. UTC.
SELECT
  ACCOUNT_ID, HANDLE, OUTCOME, OUTCOME_REASON, USERS_SEEN, USERS_CLAIMED,
  USERS_SEEN / NULLIF(USERS_CLAIMED, 0) AS SHARE_SEEN,
  TAKEN_AT AS AS_OF
FROM (
  SELECT
    snapshots.*, COALESCE(snapshots.FINISHED_AT, history.NEWEST_ROW) AS TAKEN_AT,
    ROW_NUMBER() OVER (
      PARTITION BY snapshots.ACCOUNT_ID
      ORDER BY COALESCE(snapshots.FINISHED_AT, history.NEWEST_ROW) DESC NULLS LAST, snapshots.OBJECT_KEY DESC
    ) AS PLACE
  FROM {schema}.ACCOUNT_SNAPSHOTS AS snapshots
  LEFT JOIN (
    SELECT OBJECT_KEY, MAX(EXTRACTED_AT) AS NEWEST_ROW FROM {schema}.FOLLOWER_SNAPSHOTS GROUP BY OBJECT_KEY
  ) AS history ON history.OBJECT_KEY = snapshots.OBJECT_KEY
) AS ranked
WHERE PLACE = 1
