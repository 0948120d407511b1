-- The counts that the publication has reached, asked before the commit. Every ? is the batch's id.
-- Of the history each object alone is compared, too: rows of one that went to another leave the totals as they are.
WITH history AS (
  SELECT OBJECT_KEY, COUNT(*) AS HISTORY_ROWS, {id_sum} AS ID_SUM FROM FOLLOWER_SNAPSHOTS
  WHERE OBJECT_KEY IN (
    SELECT OBJECT_KEY FROM LOAD_HISTORY WHERE BATCH_ID = ? AND STATUS = '{loaded}' AND OBJECT_KEY NOT IN ({noted}))
  GROUP BY OBJECT_KEY
), users AS (
  SELECT COUNT(*) AS USERS, {id_sum} AS ID_SUM FROM (
    -- Who is in the batch's rows; of the others, whoever is still in the history.
    SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen})
    UNION
    SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID IN
      (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ? AND NEWEST = '{from_the_history}')
  ) AS touched
), table_rows AS (
  SELECT COUNT(*) AS TABLE_ROWS, {id_sum} AS ID_SUM FROM TIKTOK_DATA
  WHERE TIKTOK_ID IN (SELECT TIKTOK_ID FROM {touched_users} WHERE BATCH_ID = ?)
)
SELECT
  (SELECT COUNT(*) FROM LOAD_HISTORY WHERE BATCH_ID = ? AND OBJECT_KEY NOT IN ({noted})) AS OBJECTS,
  (SELECT COUNT(*) FROM LOAD_HISTORY WHERE BATCH_ID = ? AND OBJECT_KEY IN ({noted})) AS UNCHANGED,
  (SELECT COUNT(*) FROM ACCOUNT_SNAPSHOTS WHERE OBJECT_KEY IN
    (SELECT OBJECT_KEY FROM LOAD_HISTORY WHERE BATCH_ID = ? AND STATUS = '{loaded}' AND OBJECT_KEY NOT IN ({noted}))
  ) AS SNAPSHOTS,
  (SELECT COALESCE(SUM(HISTORY_ROWS), 0) FROM history) AS HISTORY_ROWS,
  (SELECT COALESCE(SUM(ID_SUM), 0) FROM history) AS HISTORY_ID_SUM,
  (SELECT COUNT(*) FROM {staged_objects} AS o LEFT JOIN history ON history.OBJECT_KEY = o.OBJECT_KEY
   WHERE o.BATCH_ID = ? AND o.STATUS = '{loaded}' AND (o.ROWS_STAGED <> COALESCE(history.HISTORY_ROWS, 0)
     OR o.ID_SUM_STAGED <> COALESCE(history.ID_SUM, 0))) AS DIFFERENT_OBJECTS,
  (SELECT TABLE_ROWS FROM table_rows) AS USER_ROWS,
  (SELECT ID_SUM FROM table_rows) AS USER_ID_SUM,
  (SELECT USERS FROM users) AS USERS_IN_HISTORY,
  (SELECT ID_SUM FROM users) AS USERS_ID_SUM
