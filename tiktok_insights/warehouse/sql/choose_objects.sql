-- What of the batch is to be loaded: afterwards STAGED_OBJECTS has what the ledger lacks, as 'loaded' what is to be loaded.
-- Every ? is the batch's id; {words} come from the contract.

-- step: drop_settled_objects
-- Another batch had the same versions, and was published first.
DELETE FROM STAGED_OBJECTS WHERE BATCH_ID = ? AND (OBJECT_KEY, ETAG) IN ({settled});

-- step: mark_overtaken_objects
-- A newer version of the object, which is that of a later batch, is loaded already.
UPDATE STAGED_OBJECTS SET STATUS = 'overtaken' WHERE BATCH_ID = ? AND STATUS = 'loaded' AND OBJECT_KEY IN (
  SELECT o.OBJECT_KEY FROM STAGED_OBJECTS AS o
  JOIN LOAD_HISTORY AS l ON l.OBJECT_KEY = o.OBJECT_KEY
  WHERE o.BATCH_ID = ? AND l.STATUS = 'loaded' AND l.BATCH_ID > o.BATCH_ID
);
