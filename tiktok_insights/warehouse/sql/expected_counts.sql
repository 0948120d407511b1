-- What the publication must come to, asked after the lock is held and before anything changes. Every ? is the batch's id.
SELECT
  (SELECT COUNT(*) FROM STAGED_OBJECTS AS o WHERE BATCH_ID = ? AND {not_in_ledger}) AS OBJECTS,
  (SELECT COALESCE(SUM(ROWS_STAGED), 0) FROM STAGED_OBJECTS
   WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen})) AS HISTORY_ROWS
