-- The publication of one batch. Every ? is the batch's id; {words} come from the contract.
-- All of it runs in one transaction; nothing here is DDL, which would commit on Snowflake.
--
-- {chosen}: keys of the batch's objects that the ledger does not have as settled and that no newer version has overtaken.
-- The ledger is written last, so {chosen} means the same in every statement before.

-- step: take_lock
-- First of all, so that of two publications one waits or starts again.
UPDATE PUBLISH_LOCK SET BATCH_ID = ?;

-- step: touch_users
-- Whoever is in the new rows, or in the rows that they replace.
INSERT INTO TOUCHED_USERS (BATCH_ID, TIKTOK_ID)
SELECT DISTINCT ?, TIKTOK_ID FROM (
  SELECT TIKTOK_ID FROM STAGED_TIKTOK_DATA WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen})
  UNION ALL
  SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen})
) AS touched;

-- step: drop_replaced_history
DELETE FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen});

-- step: insert_history
INSERT INTO FOLLOWER_SNAPSHOTS ({history_columns})
SELECT {history_columns} FROM STAGED_TIKTOK_DATA WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen});

-- step: drop_touched_users
DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID IN (SELECT TIKTOK_ID FROM TOUCHED_USERS WHERE BATCH_ID = ?);

-- step: insert_touched_users
-- The newest row of each, out of the whole history.
INSERT INTO TIKTOK_DATA ({columns})
SELECT {columns} FROM (
  SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY TIKTOK_ID ORDER BY {newest_first}) AS PLACE
  FROM FOLLOWER_SNAPSHOTS
  WHERE TIKTOK_ID IN (SELECT TIKTOK_ID FROM TOUCHED_USERS WHERE BATCH_ID = ?)
) AS ranked
WHERE PLACE = 1;

-- step: drop_replaced_account_snapshots
DELETE FROM ACCOUNT_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen});

-- step: insert_account_snapshots
INSERT INTO ACCOUNT_SNAPSHOTS ({account_snapshot_columns})
SELECT {account_snapshot_columns} FROM STAGED_OBJECTS WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen});

-- step: write_ledger
INSERT INTO LOAD_HISTORY ({ledger_columns})
SELECT {object_columns_before_status},
  CASE WHEN STATUS = 'loaded' AND CHOSEN_KEY IS NULL THEN 'overtaken' ELSE STATUS END,
  {object_columns_after_status}, BATCH_ID, {now}
FROM STAGED_OBJECTS AS o
LEFT JOIN (SELECT c.OBJECT_KEY AS CHOSEN_KEY FROM ({chosen}) AS c) AS chosen ON CHOSEN_KEY = o.OBJECT_KEY
WHERE BATCH_ID = ? AND {not_in_ledger};

-- step: replace_ledger_of_returned_versions
-- A version that has come back was in the ledger already; its one row is now that of this batch.
DELETE FROM LOAD_HISTORY WHERE BATCH_ID <> ? AND EXISTS (
  SELECT 1 FROM LOAD_HISTORY AS n
  WHERE n.BATCH_ID = ? AND n.OBJECT_KEY = LOAD_HISTORY.OBJECT_KEY AND n.ETAG = LOAD_HISTORY.ETAG
);

-- step: mark_published
UPDATE LOAD_BATCHES SET PUBLISHED_AT = {now} WHERE BATCH_ID = ?;

-- step: empty_staging
DELETE FROM STAGED_TIKTOK_DATA WHERE BATCH_ID = ?;

-- step: forget_touched_users
-- After the counts have been compared.
DELETE FROM TOUCHED_USERS WHERE BATCH_ID = ?;
