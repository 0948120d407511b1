-- One row per pair of accounts: how many users are on both of their newest lists. They are at least so many, because a
-- list may not show everybody; a share is known only of two whole lists that were read at about the same time.
--
-- ACCOUNT_ID (id): The account whose ID comes first as text.
-- OTHER_ACCOUNT_ID (id): The other account.
-- AT_LEAST (count): Users on both lists.
-- USERS_OF_SMALLER (count): Users on the smaller list.
-- SHARE (share or NULL): The users on both lists divided by these; NULL if those are under {min_users}, if a list is not whole, or if more than {shared_days} days lie between the lists.
-- LOOKED_AT (time): When the snapshot of the account's list began.
-- OTHER_LOOKED_AT (time): When that of the other account's list began.
-- SEEN (count or NULL): Users in the account's list.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
-- OTHER_SEEN (count or NULL): Users in the other account's list.
-- OTHER_CLAIMED (count or NULL): The other account's follower count at that time as reported by the API.
-- OTHER_COVERAGE (ratio or NULL): Users seen divided by users claimed, of the other account.
--
-- key: ACCOUNT_ID, OTHER_ACCOUNT_ID
-- order: AT_LEAST DESC, ACCOUNT_ID, OTHER_ACCOUNT_ID
-- reconcile pairs of accounts: COUNT(*) = COUNT(DISTINCT CASE WHEN LOOKED_AT IS NOT NULL AND COALESCE(OUTCOME, '') NOT IN ('window', 'hidden', 'private', 'banned') THEN ACCOUNT_ID END) * (COUNT(DISTINCT CASE WHEN LOOKED_AT IS NOT NULL AND COALESCE(OUTCOME, '') NOT IN ('window', 'hidden', 'private', 'banned') THEN ACCOUNT_ID END) - 1) / 2 of ACCOUNT_SNAPSHOTS
WITH lists AS ({newest_lists}), users AS (
  SELECT lists.ACCOUNT_ID, shown.TIKTOK_ID
  FROM lists
  JOIN {schema}.FOLLOWER_SNAPSHOTS AS shown ON shown.OBJECT_KEY = lists.OBJECT_KEY
), sized AS (
  SELECT lists.*, COALESCE(counted.USERS, 0) AS USERS
  FROM lists
  LEFT JOIN (SELECT ACCOUNT_ID, COUNT(*) AS USERS FROM users GROUP BY ACCOUNT_ID) AS counted
    ON counted.ACCOUNT_ID = lists.ACCOUNT_ID
), shared AS (
  SELECT one.ACCOUNT_ID, other.ACCOUNT_ID AS OTHER_ACCOUNT_ID, COUNT(*) AS USERS
  FROM users AS one
  JOIN users AS other ON other.TIKTOK_ID = one.TIKTOK_ID AND other.ACCOUNT_ID > one.ACCOUNT_ID
  GROUP BY one.ACCOUNT_ID, other.ACCOUNT_ID
), pairs AS (
  SELECT
    one.ACCOUNT_ID, other.ACCOUNT_ID AS OTHER_ACCOUNT_ID, COALESCE(shared.USERS, 0) AS AT_LEAST,
    LEAST(one.USERS, other.USERS) AS USERS_OF_SMALLER,
    one.IS_WHOLE AND other.IS_WHOLE AND one.LOOKED_AT <= DATEADD(day, {shared_days}, other.LOOKED_AT)
      AND other.LOOKED_AT <= DATEADD(day, {shared_days}, one.LOOKED_AT) AS MAY_HAVE_SHARE,
    one.LOOKED_AT, other.LOOKED_AT AS OTHER_LOOKED_AT, one.SEEN, one.CLAIMED, one.COVERAGE,
    other.SEEN AS OTHER_SEEN, other.CLAIMED AS OTHER_CLAIMED, other.COVERAGE AS OTHER_COVERAGE
  FROM sized AS one
  JOIN sized AS other ON other.ACCOUNT_ID > one.ACCOUNT_ID
  LEFT JOIN shared ON shared.ACCOUNT_ID = one.ACCOUNT_ID AND shared.OTHER_ACCOUNT_ID = other.ACCOUNT_ID
)
SELECT
  ACCOUNT_ID, OTHER_ACCOUNT_ID, AT_LEAST, USERS_OF_SMALLER,
  CASE WHEN MAY_HAVE_SHARE AND USERS_OF_SMALLER >= {min_users} THEN AT_LEAST / USERS_OF_SMALLER END AS SHARE,
  LOOKED_AT, OTHER_LOOKED_AT, SEEN, CLAIMED, COVERAGE, OTHER_SEEN, OTHER_CLAIMED, OTHER_COVERAGE
FROM pairs
