-- What of the batch is to be loaded: afterwards STAGED_OBJECTS has what the ledger lacks, as LOADED what is to be loaded,
-- and TOUCHED_USERS has whose rows that changes.
-- Every ? is the batch's id; {words} come from the contract and the namespace.

-- step: drop_settled_objects
-- Another batch had the same versions and was published first: a later one, or an earlier one with nothing in between.
-- A version that was written again since is none of these: it comes back after another that may be published yet.
DELETE FROM {staged_objects} WHERE BATCH_ID = ? AND OBJECT_KEY IN (
  SELECT o.OBJECT_KEY FROM {staged_objects} AS o
  JOIN LOAD_HISTORY AS l ON l.OBJECT_KEY = o.OBJECT_KEY AND l.ETAG = o.ETAG
  LEFT JOIN ({settled}) AS s ON s.OBJECT_KEY = o.OBJECT_KEY AND s.ETAG = o.ETAG
  WHERE o.BATCH_ID = ?
    AND (l.BATCH_ID > o.BATCH_ID OR (s.ETAG IS NOT NULL AND l.LAST_MODIFIED >= o.LAST_MODIFIED))
);

-- step: mark_expired_objects
-- It is older than the retained history: its rows are not loaded, whoever uploaded it, and the ledger has no sums of it.
-- The newest row of a list whose manifest has expired may be of the day after the list was begun, so its key counts, too.
UPDATE {staged_objects} SET STATUS = '{expired}',
  ID_SUM_IN = 0, ID_SUM_STAGED = 0, ID_SUM_DUPLICATE = 0, ID_SUM_REJECTED = 0
WHERE BATCH_ID = ? AND STATUS = '{loaded}' AND OBJECT_KEY IN (
  SELECT o.OBJECT_KEY FROM {staged_objects} AS o
  LEFT JOIN (
    SELECT OBJECT_KEY AS KEY_OF_ROWS, MAX(EXTRACTED_AT) AS NEWEST_ROW
    FROM {staged_tiktok_data} WHERE BATCH_ID = ? GROUP BY OBJECT_KEY
  ) AS newest ON newest.KEY_OF_ROWS = o.OBJECT_KEY
  JOIN (SELECT MAX(RETAINED_FROM) AS CUT FROM {publish_lock}) AS retained
    ON COALESCE({day_of_ours} < CUT, FALSE) OR COALESCE(o.STARTED_AT, newest.NEWEST_ROW) < CUT
  WHERE o.BATCH_ID = ?
);

-- step: mark_unchanged_objects
-- The content is loaded already, from an earlier upload.
UPDATE {staged_objects} SET STATUS = '{unchanged}' WHERE BATCH_ID = ? AND STATUS = '{loaded}' AND OBJECT_KEY IN (
  SELECT o.OBJECT_KEY FROM {staged_objects} AS o
  JOIN LOAD_HISTORY AS l ON l.OBJECT_KEY = o.OBJECT_KEY AND l.CONTENT_SHA256 = o.CONTENT_SHA256
  WHERE o.BATCH_ID = ? AND l.STATUS = '{loaded}'
);

-- step: drop_outdated_unchanged_objects
-- A later batch has noted the content, or another content was loaded meanwhile: then the object is pending again.
DELETE FROM {staged_objects} WHERE BATCH_ID = ? AND STATUS = '{unchanged}' AND OBJECT_KEY NOT IN (
  SELECT o.OBJECT_KEY FROM {staged_objects} AS o
  JOIN LOAD_HISTORY AS l ON l.OBJECT_KEY = o.OBJECT_KEY AND l.CONTENT_SHA256 = o.CONTENT_SHA256
  WHERE o.BATCH_ID = ? AND l.STATUS = '{loaded}' AND l.BATCH_ID < o.BATCH_ID
);

-- step: mark_superseded_objects
-- A newer version of the object, which is that of a later batch, is loaded already.
UPDATE {staged_objects} SET STATUS = '{superseded}' WHERE BATCH_ID = ? AND STATUS = '{loaded}' AND OBJECT_KEY IN (
  SELECT o.OBJECT_KEY FROM {staged_objects} AS o
  JOIN LOAD_HISTORY AS l ON l.OBJECT_KEY = o.OBJECT_KEY
  WHERE o.BATCH_ID = ? AND l.STATUS = '{loaded}' AND l.BATCH_ID > o.BATCH_ID
);

-- step: touch_users
-- Whoever is in the new rows, or in the rows that they replace; and what that means for the user's row in TIKTOK_DATA.
-- Only where neither is clearly newer, or rows are replaced, does the whole history have to be asked.
INSERT INTO {touched_users} (BATCH_ID, TIKTOK_ID, NEWEST)
SELECT ?, COALESCE(added.TIKTOK_ID, replaced.TIKTOK_ID), CASE
  WHEN replaced.TIKTOK_ID IS NOT NULL THEN '{from_the_history}'
  WHEN known.TIKTOK_ID IS NULL OR added.EXTRACTED_AT > known.EXTRACTED_AT THEN '{from_the_batch}'
  WHEN added.EXTRACTED_AT < known.EXTRACTED_AT THEN '{as_it_is}'
  ELSE '{from_the_history}' END
FROM (
  SELECT TIKTOK_ID, MAX(EXTRACTED_AT) AS EXTRACTED_AT FROM {staged_tiktok_data}
  WHERE BATCH_ID = ? AND OBJECT_KEY IN ({chosen}) GROUP BY TIKTOK_ID
) AS added
FULL JOIN (
  SELECT DISTINCT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS WHERE OBJECT_KEY IN ({chosen})
) AS replaced ON replaced.TIKTOK_ID = added.TIKTOK_ID
LEFT JOIN (
  -- A user with two rows has no time here, so that the history decides.
  SELECT TIKTOK_ID, CASE WHEN COUNT(*) = 1 THEN MAX(EXTRACTED_AT) END AS EXTRACTED_AT FROM TIKTOK_DATA
  WHERE TIKTOK_ID IN (SELECT TIKTOK_ID FROM {staged_tiktok_data} WHERE BATCH_ID = ?)
  GROUP BY TIKTOK_ID
) AS known ON known.TIKTOK_ID = added.TIKTOK_ID;
