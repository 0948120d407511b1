-- The counts that the publication must reach, asked when STAGED_OBJECTS says what is to be loaded; and of the users who
-- are touched, how many the table has already. Every ? is the batch's id.
SELECT
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS <> '{unchanged}') AS OBJECTS,
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{unchanged}') AS UNCHANGED,
  (SELECT COUNT(*) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{loaded}') AS SNAPSHOTS,
  (SELECT COALESCE(SUM(ROWS_STAGED), 0) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{loaded}')
    AS HISTORY_ROWS,
  (SELECT COALESCE(SUM(ID_SUM_STAGED), 0) FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{loaded}')
    AS HISTORY_ID_SUM,
  (SELECT COALESCE(MAX(USERS), 0) FROM {publish_lock}) AS ALL_USERS,
  (SELECT COUNT(DISTINCT TIKTOK_ID) FROM TIKTOK_DATA WHERE TIKTOK_ID IN
    (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ?)) AS KNOWN_USERS
