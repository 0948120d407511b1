-- What the batch leaves behind, dropped after the counts have been compared. Every ? is the batch's id.

-- step: drop_staged_rows
DELETE FROM {staged_tiktok_data} WHERE BATCH_ID = ?;

-- step: drop_staged_objects
DELETE FROM {staged_objects} WHERE BATCH_ID = ?;

-- step: forget_touched_users
DELETE FROM {touched_users} WHERE BATCH_ID = ?;

-- step: forget_touched_spells
DELETE FROM {touched_spells} WHERE BATCH_ID = ?;
