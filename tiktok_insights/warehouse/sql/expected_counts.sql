-- The counts that the publication must reach, asked when STAGED_OBJECTS says what is to be loaded. Every ? is the batch's id.
SELECT
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS <> '{unchanged}') AS OBJECTS,
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{unchanged}') AS UNCHANGED,
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{loaded}') AS SNAPSHOTS,
  (SELECT COALESCE(SUM(ROWS_STAGED), 0) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{loaded}') AS HISTORY_ROWS
