-- The publication of one batch, from the objects chosen. Every ? is the batch's id; {words} come from the contract and
-- the namespace. All of it runs in one transaction; nothing here is DDL, which would commit on Snowflake.

-- step: drop_replaced_history
DELETE FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen});

-- step: insert_history
INSERT INTO FOLLOWER_SNAPSHOTS ({history_columns})
SELECT {history_columns} FROM {staged_tiktok_data} WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen});

-- step: drop_touched_users
DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID IN
  (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ? AND NEWEST <> '{as_it_is}');

-- step: insert_touched_users
-- The newest row of each: out of the batch where that has a newer one than the table had, else out of the whole history.
INSERT INTO TIKTOK_DATA ({columns})
SELECT {columns} FROM (
  SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY TIKTOK_ID ORDER BY {newest_first}) AS PLACE
  FROM (
    SELECT {columns}, FIRST_MODIFIED FROM {staged_tiktok_data}
    WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen}) AND TIKTOK_ID IN
      (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ? AND NEWEST = '{from_the_batch}')
    UNION ALL
    SELECT {columns}, FIRST_MODIFIED FROM FOLLOWER_SNAPSHOTS
    WHERE TIKTOK_ID IN
      (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ? AND NEWEST = '{from_the_history}')
  ) AS candidates
) AS ranked
WHERE PLACE = 1;

-- step: drop_replaced_account_snapshots
DELETE FROM ACCOUNT_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen});

-- step: insert_account_snapshots
INSERT INTO ACCOUNT_SNAPSHOTS ({account_snapshot_columns}, LOOKED_AT)
SELECT {account_snapshot_columns}, COALESCE(o.STARTED_AT, newest.NEWEST_ROW)
FROM {staged_objects} AS o
LEFT JOIN (
  SELECT OBJECT_KEY AS KEY_OF_ROWS, MAX(EXTRACTED_AT) AS NEWEST_ROW
  FROM {staged_tiktok_data} WHERE BATCH_ID = ? GROUP BY OBJECT_KEY
) AS newest ON newest.KEY_OF_ROWS = o.OBJECT_KEY
WHERE o.BATCH_ID = ? AND o.OBJECT_KEY IN ({chosen});

-- step: drop_outdated_spells
-- Of an account whose snapshots do not all come after those before: one was replaced, or one came late. Its spells are
-- made again from all of its snapshots.
DELETE FROM PRESENCE_SPELLS WHERE ACCOUNT_ID IN (
  SELECT ACCOUNT_ID FROM ACCOUNT_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen})
    AND OBJECT_KEY IN (SELECT OBJECT_KEY FROM LOAD_HISTORY WHERE STATUS = '{loaded}')
  UNION
  SELECT added.ACCOUNT_ID FROM ACCOUNT_SNAPSHOTS AS added
  JOIN ACCOUNT_SNAPSHOTS AS later ON later.ACCOUNT_ID = added.ACCOUNT_ID
    AND (later.LOOKED_AT > added.LOOKED_AT
      OR (later.LOOKED_AT = added.LOOKED_AT AND later.OBJECT_KEY > added.OBJECT_KEY))
  WHERE added.OBJECT_KEY IN ({chosen}) AND later.OBJECT_KEY NOT IN ({chosen})
);

-- step: fold_spells
INSERT INTO {touched_spells} (BATCH_ID, {spell_columns})
SELECT ?, {spell_columns} FROM ({fold_spells}) AS changed;

-- step: drop_touched_spells
DELETE FROM PRESENCE_SPELLS WHERE (ACCOUNT_ID, TIKTOK_ID, SPELL) IN
  (SELECT ACCOUNT_ID, TIKTOK_ID, SPELL FROM {touched_spells} WHERE BATCH_ID = ?);

-- step: insert_touched_spells
INSERT INTO PRESENCE_SPELLS ({spell_columns})
SELECT {spell_columns} FROM {touched_spells} WHERE BATCH_ID = ?;

-- step: mark_replaced_versions
-- LOADED says that an object's rows are in the history now, in whatever order its versions came.
UPDATE LOAD_HISTORY SET STATUS = '{superseded}' WHERE STATUS = '{loaded}' AND OBJECT_KEY IN ({chosen});

-- step: note_unchanged_objects
-- The same content was uploaded again: the ledger's row knows the new ETag, and that this batch had it last.
UPDATE LOAD_HISTORY SET LATEST_ETAG = o.ETAG, LAST_MODIFIED = o.LAST_MODIFIED, BATCH_ID = o.BATCH_ID
FROM {staged_objects} AS o
WHERE o.BATCH_ID = ? AND o.STATUS = '{unchanged}'
  AND LOAD_HISTORY.OBJECT_KEY = o.OBJECT_KEY AND LOAD_HISTORY.STATUS = '{loaded}';

-- step: drop_ledger_of_returned_versions
-- A version that has come back was in the ledger already; its one row is now that of this batch.
DELETE FROM LOAD_HISTORY WHERE (OBJECT_KEY, ETAG) IN
  (SELECT OBJECT_KEY, ETAG FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS <> '{unchanged}');

-- step: write_ledger
-- The newest row: a list that does not say when it was taken counts from its upload.
INSERT INTO LOAD_HISTORY ({ledger_columns}, LATEST_ETAG, LOADED_AT, NEWEST_ROW_AT)
SELECT {ledger_columns}, ETAG, {now}, newest.NEWEST_ROW_AT
FROM {staged_objects} AS o
LEFT JOIN (
  SELECT OBJECT_KEY AS KEY_OF_ROWS,
    MAX(CASE WHEN CAST(EXTRACTED_AT AS TIME) = '{end_of_day}'::TIME THEN FIRST_MODIFIED ELSE EXTRACTED_AT END)
      AS NEWEST_ROW_AT
  FROM {staged_tiktok_data} WHERE BATCH_ID = ? GROUP BY OBJECT_KEY
) AS newest ON newest.KEY_OF_ROWS = o.OBJECT_KEY
WHERE o.BATCH_ID = ? AND o.STATUS <> '{unchanged}';

-- step: mark_published
UPDATE LOAD_BATCHES SET PUBLISHED_AT = {now} WHERE BATCH_ID = ?;
