-- One row per account and cell: the users of the account's newest list by the order in which they followed and by when
-- their accounts were created, {cells} parts each. Users who have no cell are in a row without one. If more than
-- a share of {max_impossible} of the accounts were created after they followed, IDs no longer say when, and nobody has a cell.
--
-- ACCOUNT_ID (id): The account.
-- JOINED_CELL (threshold or NULL): 0 for those who followed first, {cells-1} for those who followed last; NULL if unknown.
-- CREATED_CELL (threshold or NULL): 0 for the oldest accounts, {cells-1} for the newest; NULL if unknown.
-- USERS (count): Users in the cell.
-- FIRST_CREATED_AT (time or NULL): When the first of their accounts was created; NULL in the row without a cell.
-- USERS_KNOWN (count): Users of the list whose place and creation are known.
-- USERS_IMPOSSIBLE (count): Those of them whose accounts were created after they followed.
-- IS_SHOWN (boolean): Whether there is a map: whether those are few.
-- SEEN (count or NULL): Users in that list.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, JOINED_CELL, CREATED_CELL
-- order: ACCOUNT_ID, JOINED_CELL NULLS FIRST, CREATED_CELL NULLS FIRST
-- reconcile accounts with a list: COUNT(DISTINCT ACCOUNT_ID) = COUNT(DISTINCT CASE WHEN LOOKED_AT IS NOT NULL AND COALESCE(OUTCOME, '') NOT IN ('window', 'hidden', 'private', 'banned') THEN ACCOUNT_ID END) of ACCOUNT_SNAPSHOTS
WITH lists AS ({newest_lists}), users AS (
  SELECT
    lists.ACCOUNT_ID, shown.TIKTOK_ID, shown.LIST_POSITION, shown.FOLLOWED_BEFORE, shown.CREATED_AT,
    CASE WHEN shown.LIST_POSITION > 0 AND shown.CREATED_AT IS NOT NULL THEN 1 ELSE 0 END AS IS_KNOWN
  FROM lists
  LEFT JOIN (
    SELECT OBJECT_KEY, TIKTOK_ID, LIST_POSITION, FOLLOWED_BEFORE, {created_at} AS CREATED_AT
    FROM {schema}.FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN (SELECT OBJECT_KEY FROM lists)
  ) AS shown ON shown.OBJECT_KEY = lists.OBJECT_KEY
), totals AS (
  SELECT
    ACCOUNT_ID, SUM(IS_KNOWN) AS USERS_KNOWN,
    COUNT(CASE WHEN IS_KNOWN = 1 AND CREATED_AT >= FOLLOWED_BEFORE THEN 1 END) AS USERS_IMPOSSIBLE,
    MIN(CASE WHEN IS_KNOWN = 1 THEN CREATED_AT END) AS FIRST_CREATED,
    MAX(CASE WHEN IS_KNOWN = 1 THEN CREATED_AT END) AS LAST_CREATED
  FROM users
  GROUP BY ACCOUNT_ID
), measured AS (
  SELECT
    users.ACCOUNT_ID, users.TIKTOK_ID, users.CREATED_AT, totals.USERS_KNOWN, totals.USERS_IMPOSSIBLE,
    totals.USERS_IMPOSSIBLE <= {max_impossible} * totals.USERS_KNOWN AS IS_SHOWN,
    users.IS_KNOWN = 1 AND totals.USERS_IMPOSSIBLE <= {max_impossible} * totals.USERS_KNOWN AS HAS_CELL,
    {cells} * (ROW_NUMBER() OVER (
      PARTITION BY users.ACCOUNT_ID, users.IS_KNOWN ORDER BY users.LIST_POSITION DESC, users.TIKTOK_ID) - 1) AS JOINED,
    {cells} * DATEDIFF(second, totals.FIRST_CREATED, users.CREATED_AT) AS CREATED,
    DATEDIFF(second, totals.FIRST_CREATED, totals.LAST_CREATED) + 1 AS SPAN
  FROM users
  JOIN totals ON totals.ACCOUNT_ID = users.ACCOUNT_ID
), placed AS (
  -- Without the remainder the divisions are exact: else they would round.
  SELECT
    measured.*,
    CASE WHEN HAS_CELL THEN CAST((JOINED - MOD(JOINED, USERS_KNOWN)) / USERS_KNOWN AS NUMBER(38,0)) END AS JOINED_CELL,
    CASE WHEN HAS_CELL THEN CAST((CREATED - MOD(CREATED, SPAN)) / SPAN AS NUMBER(38,0)) END AS CREATED_CELL
  FROM measured
)
SELECT
  placed.ACCOUNT_ID, placed.JOINED_CELL, placed.CREATED_CELL, COUNT(placed.TIKTOK_ID) AS USERS,
  MIN(CASE WHEN placed.HAS_CELL THEN placed.CREATED_AT END) AS FIRST_CREATED_AT,
  placed.USERS_KNOWN, placed.USERS_IMPOSSIBLE, placed.IS_SHOWN,
  lists.SEEN, lists.CLAIMED, lists.COVERAGE
FROM placed
JOIN lists ON lists.ACCOUNT_ID = placed.ACCOUNT_ID
GROUP BY
  placed.ACCOUNT_ID, placed.JOINED_CELL, placed.CREATED_CELL, placed.USERS_KNOWN, placed.USERS_IMPOSSIBLE,
  placed.IS_SHOWN, lists.SEEN, lists.CLAIMED, lists.COVERAGE
