-- What the batch leaves behind, dropped after the counts have been compared. Every ? is the batch's id.

-- step: drop_staged_rows
DELETE FROM STAGED_TIKTOK_DATA WHERE BATCH_ID = ?;

-- step: drop_staged_objects
DELETE FROM STAGED_OBJECTS WHERE BATCH_ID = ?;

-- step: forget_touched_users
DELETE FROM TOUCHED_USERS WHERE BATCH_ID = ?;
