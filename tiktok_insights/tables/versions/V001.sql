-- Written by `make docs`: the tables of version 1, with the default names.
-- It is rewritten freely until the first release. From then on, it stays, and a change is a new version.

CREATE SCHEMA IF NOT EXISTS PUBLIC;

USE SCHEMA PUBLIC;

CREATE SCHEMA IF NOT EXISTS TIKTOK_INTERNAL;

USE SCHEMA PUBLIC;

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.PUBLISH_LOCK (
  SCHEMA_VERSION NUMBER(38,0) NOT NULL COMMENT 'The version of these tables.',
  BATCH_ID VARCHAR COMMENT 'The batch, or what else, that last held the lock, and random digits.',
  USERS NUMBER(38,0) COMMENT 'Users in the history, as publications have counted them; NULL before the first.',
  SUPPRESSION VARCHAR COMMENT 'State of the suppression list that these tables were cleaned by; NULL if never.',
  RETAINED_FROM TIMESTAMP_NTZ COMMENT 'Snapshots before it have expired and are not loaded, UTC; NULL before the first expiry.'
) COMMENT = 'The lock row: each publication updates it first, so only one runs at a time.';

INSERT INTO TIKTOK_INTERNAL.PUBLISH_LOCK (SCHEMA_VERSION) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM TIKTOK_INTERNAL.PUBLISH_LOCK);

CREATE TABLE IF NOT EXISTS PUBLIC.TIKTOK_DATA (
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user''s ID. It is text because most IDs exceed 2^53, and a float would alter them.',
  USER_NAME VARCHAR COMMENT 'The user''s handle; it can change.',
  NICK_NAME VARCHAR COMMENT 'The display name. It may be empty, is not unique, and can be in any script.',
  ACCOUNT_VERIFIED BOOLEAN COMMENT 'Whether TikTok verified the account.',
  PRIVATE_ACCOUNT BOOLEAN COMMENT 'Whether only approved followers can see the account.',
  FOLLOWERS_COUNT NUMBER(38,0) COMMENT 'Users who follow this user.',
  FOLLOWING_COUNT NUMBER(38,0) COMMENT 'Users that this user follows.',
  VIDEO_COUNT NUMBER(38,0) COMMENT 'Videos the user has published; 0 for a private account.',
  HEART_COUNT NUMBER(38,0) COMMENT 'Likes the user''s videos have received.',
  FRIENDS_COUNT NUMBER(38,0) COMMENT 'Mutual followers; always 0 in the follower list.',
  DIGG_COUNT NUMBER(38,0) COMMENT 'Videos the user has liked.',
  COUNTS_EXACT BOOLEAN COMMENT 'True if the counts are the API''s exact numbers (statsV2), false if they are rounded.',
  EXTRACTED_AT TIMESTAMP_NTZ COMMENT 'When the page with this row was fetched, UTC.'
) COMMENT = 'One row per user: the user''s newest known data.';

CREATE TABLE IF NOT EXISTS PUBLIC.FOLLOWER_SNAPSHOTS (
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the CSV object the row came from.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account that the user follows.',
  SNAPSHOT_ID VARCHAR NOT NULL COMMENT 'The snapshot; for an object from another source, the object''s key.',
  FIRST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was first written with this content, UTC.',
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user''s ID. It is text because most IDs exceed 2^53, and a float would alter them.',
  USER_NAME VARCHAR COMMENT 'The user''s handle; it can change.',
  NICK_NAME VARCHAR COMMENT 'The display name. It may be empty, is not unique, and can be in any script.',
  ACCOUNT_VERIFIED BOOLEAN COMMENT 'Whether TikTok verified the account.',
  PRIVATE_ACCOUNT BOOLEAN COMMENT 'Whether only approved followers can see the account.',
  FOLLOWERS_COUNT NUMBER(38,0) COMMENT 'Users who follow this user.',
  FOLLOWING_COUNT NUMBER(38,0) COMMENT 'Users that this user follows.',
  VIDEO_COUNT NUMBER(38,0) COMMENT 'Videos the user has published; 0 for a private account.',
  HEART_COUNT NUMBER(38,0) COMMENT 'Likes the user''s videos have received.',
  FRIENDS_COUNT NUMBER(38,0) COMMENT 'Mutual followers; always 0 in the follower list.',
  DIGG_COUNT NUMBER(38,0) COMMENT 'Videos the user has liked.',
  COUNTS_EXACT BOOLEAN COMMENT 'True if the counts are the API''s exact numbers (statsV2), false if they are rounded.',
  EXTRACTED_AT TIMESTAMP_NTZ COMMENT 'When the page with this row was fetched, UTC.',
  FOLLOWED_AFTER TIMESTAMP_NTZ COMMENT 'The user followed at or after this time, UTC: the cursor of the page with this row. NULL if unknown.',
  FOLLOWED_BEFORE TIMESTAMP_NTZ COMMENT 'The user followed before this time, UTC: the cursor with which the page was requested. NULL if unknown.',
  LIST_POSITION NUMBER(38,0) COMMENT 'The row''s place in the list as it was fetched, 1 for the newest follower. NULL if unknown.'
) COMMENT = 'One row per account, user and snapshot: the history.';

CREATE TABLE IF NOT EXISTS PUBLIC.ACCOUNT_SNAPSHOTS (
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the CSV object the row came from.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  SNAPSHOT_ID VARCHAR NOT NULL COMMENT 'The snapshot; for an object from another source, the object''s key.',
  HANDLE VARCHAR COMMENT 'The account''s handle when the snapshot was taken.',
  STARTED_AT TIMESTAMP_NTZ COMMENT 'When the extraction began, UTC.',
  FINISHED_AT TIMESTAMP_NTZ COMMENT 'When the snapshot was committed; if it is open, when the last run ended, UTC.',
  OUTCOME VARCHAR COMMENT 'How the snapshot ended, such as whole, partial or deferred; NULL if unknown.',
  OUTCOME_REASON VARCHAR COMMENT 'Why it ended that way.',
  USERS_SEEN NUMBER(38,0) COMMENT 'Distinct users in the snapshot.',
  USERS_CLAIMED NUMBER(38,0) COMMENT 'The account''s follower count as reported by the API.',
  REQUESTS NUMBER(38,0) COMMENT 'Requests made for the snapshot.',
  QUOTA_LEFT NUMBER(38,0) COMMENT 'Requests left in the plan after the snapshot''s last response.',
  COVERED_FROM TIMESTAMP_NTZ COMMENT 'The snapshot lists who followed at or after this time, UTC: the last cursor of its pages. NULL if unknown.',
  COVERED_TO TIMESTAMP_NTZ COMMENT 'When the newest page was fetched, UTC; nobody who followed later is listed.',
  HOLES VARCHAR COMMENT 'Follow times in between that could not be read: a JSON list of first and last second, UTC; [] without any.',
  IS_WHOLE BOOLEAN COMMENT 'True if nobody on the account''s list was missed; a list that the API cuts is not whole.',
  COVERAGE FLOAT COMMENT 'Users seen divided by users claimed; NULL if unknown.',
  LOOKED_AT TIMESTAMP_NTZ COMMENT 'When the snapshot counts, UTC: STARTED_AT, or the time of its newest row if that is NULL. NULL if it is open.'
) COMMENT = 'One row per loaded or open snapshot of an account: users seen and claimed, outcome, and cost.';

CREATE TABLE IF NOT EXISTS PUBLIC.LOAD_HISTORY (
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the CSV object.',
  ETAG VARCHAR NOT NULL COMMENT 'The object''s version. Together with the key, it identifies a row of the ledger.',
  STATUS VARCHAR NOT NULL COMMENT 'loaded, refused, superseded by a newer version of the object, or expired by retention.',
  REASON VARCHAR COMMENT 'Why the object was refused.',
  ROWS_IN NUMBER(38,0) NOT NULL COMMENT 'Physical records after the header, counted without a CSV parser.',
  ROWS_STAGED NUMBER(38,0) NOT NULL COMMENT 'Rows sent to the warehouse''s staging table.',
  ROWS_DUPLICATE NUMBER(38,0) NOT NULL COMMENT 'Rows dropped because the object already has the user.',
  ROWS_REJECTED NUMBER(38,0) NOT NULL COMMENT 'Rows in the quarantine.',
  ROWS_SUPPRESSED NUMBER(38,0) NOT NULL COMMENT 'Rows dropped because the user was removed.',
  ID_SUM_IN NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_IN records less the suppressed ones, from the object''s bytes.',
  ID_SUM_STAGED NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_STAGED rows.',
  ID_SUM_DUPLICATE NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_DUPLICATE rows.',
  ID_SUM_REJECTED NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_REJECTED rows.',
  NEGATIVE_COUNTS NUMBER(38,0) NOT NULL COMMENT 'Counts that were negative and became NULL.',
  SIZE_BYTES NUMBER(38,0) NOT NULL COMMENT 'Size of the object.',
  CONTENT_SHA256 VARCHAR NOT NULL COMMENT 'SHA-256 of the object''s bytes, in hexadecimal.',
  FIRST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was first written with this content, UTC.',
  LAST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was last written with this content, UTC.',
  LATEST_ETAG VARCHAR NOT NULL COMMENT 'ETag of the newest upload with this content; usually the same as ETAG.',
  BATCH_ID VARCHAR NOT NULL COMMENT 'The newest batch that had the object with this content.',
  LOADED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When the ledger was written, UTC.',
  NEWEST_ROW_AT TIMESTAMP_NTZ COMMENT 'When the newest row was fetched, UTC; if the list does not say, when the object was first written.'
) COMMENT = 'The ledger: one row per object version that was loaded, was refused, was superseded or has expired.';

CREATE TABLE IF NOT EXISTS PUBLIC.LOAD_BATCHES (
  BATCH_ID VARCHAR NOT NULL COMMENT 'The batch''s name: the time it was staged, and a random suffix.',
  STAGED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When the audit gave its verdict, UTC.',
  VERDICT VARCHAR NOT NULL COMMENT 'passed or failed.',
  CHECKS VARCHAR NOT NULL COMMENT 'The audit''s results as JSON.',
  OBJECTS NUMBER(38,0) NOT NULL COMMENT 'Objects in the batch, including refused ones.',
  ROWS_STAGED NUMBER(38,0) NOT NULL COMMENT 'Rows of the batch in the staging table.',
  PUBLISHED_AT TIMESTAMP_NTZ COMMENT 'When the batch was published to TIKTOK_DATA, UTC; NULL before that.',
  CHECKED_AT TIMESTAMP_NTZ COMMENT 'When the checks on TIKTOK_DATA passed after that, UTC; NULL before that.',
  SUPPRESSION VARCHAR COMMENT 'State of the suppression list when the batch was staged; NULL if it was empty.'
) COMMENT = 'One row per batch with the audit''s verdict.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.STAGED_TIKTOK_DATA (
  BATCH_ID VARCHAR NOT NULL COMMENT 'The batch in which the object was staged.',
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the CSV object the row came from.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account that the user follows.',
  SNAPSHOT_ID VARCHAR NOT NULL COMMENT 'The snapshot; for an object from another source, the object''s key.',
  FIRST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was first written with this content, UTC.',
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user''s ID. It is text because most IDs exceed 2^53, and a float would alter them.',
  USER_NAME VARCHAR COMMENT 'The user''s handle; it can change.',
  NICK_NAME VARCHAR COMMENT 'The display name. It may be empty, is not unique, and can be in any script.',
  ACCOUNT_VERIFIED BOOLEAN COMMENT 'Whether TikTok verified the account.',
  PRIVATE_ACCOUNT BOOLEAN COMMENT 'Whether only approved followers can see the account.',
  FOLLOWERS_COUNT NUMBER(38,0) COMMENT 'Users who follow this user.',
  FOLLOWING_COUNT NUMBER(38,0) COMMENT 'Users that this user follows.',
  VIDEO_COUNT NUMBER(38,0) COMMENT 'Videos the user has published; 0 for a private account.',
  HEART_COUNT NUMBER(38,0) COMMENT 'Likes the user''s videos have received.',
  FRIENDS_COUNT NUMBER(38,0) COMMENT 'Mutual followers; always 0 in the follower list.',
  DIGG_COUNT NUMBER(38,0) COMMENT 'Videos the user has liked.',
  COUNTS_EXACT BOOLEAN COMMENT 'True if the counts are the API''s exact numbers (statsV2), false if they are rounded.',
  EXTRACTED_AT TIMESTAMP_NTZ COMMENT 'When the page with this row was fetched, UTC.',
  FOLLOWED_AFTER TIMESTAMP_NTZ COMMENT 'The user followed at or after this time, UTC: the cursor of the page with this row. NULL if unknown.',
  FOLLOWED_BEFORE TIMESTAMP_NTZ COMMENT 'The user followed before this time, UTC: the cursor with which the page was requested. NULL if unknown.',
  LIST_POSITION NUMBER(38,0) COMMENT 'The row''s place in the list as it was fetched, 1 for the newest follower. NULL if unknown.'
) COMMENT = 'One row per object and user waiting to be published.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.STAGED_OBJECTS (
  BATCH_ID VARCHAR NOT NULL COMMENT 'The batch in which the object was staged.',
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the CSV object.',
  ETAG VARCHAR NOT NULL COMMENT 'The object''s version. Together with the key, it identifies a row of the ledger.',
  STATUS VARCHAR NOT NULL COMMENT 'loaded, refused, superseded by a newer version of the object, or expired by retention.',
  REASON VARCHAR COMMENT 'Why the object was refused.',
  ROWS_IN NUMBER(38,0) NOT NULL COMMENT 'Physical records after the header, counted without a CSV parser.',
  ROWS_STAGED NUMBER(38,0) NOT NULL COMMENT 'Rows sent to the warehouse''s staging table.',
  ROWS_DUPLICATE NUMBER(38,0) NOT NULL COMMENT 'Rows dropped because the object already has the user.',
  ROWS_REJECTED NUMBER(38,0) NOT NULL COMMENT 'Rows in the quarantine.',
  ROWS_SUPPRESSED NUMBER(38,0) NOT NULL COMMENT 'Rows dropped because the user was removed.',
  ID_SUM_IN NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_IN records less the suppressed ones, from the object''s bytes.',
  ID_SUM_STAGED NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_STAGED rows.',
  ID_SUM_DUPLICATE NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_DUPLICATE rows.',
  ID_SUM_REJECTED NUMBER(38,0) NOT NULL COMMENT 'Sum over the IDs of the ROWS_REJECTED rows.',
  NEGATIVE_COUNTS NUMBER(38,0) NOT NULL COMMENT 'Counts that were negative and became NULL.',
  SIZE_BYTES NUMBER(38,0) NOT NULL COMMENT 'Size of the object.',
  CONTENT_SHA256 VARCHAR NOT NULL COMMENT 'SHA-256 of the object''s bytes, in hexadecimal.',
  FIRST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was first written with this content, UTC.',
  LAST_MODIFIED TIMESTAMP_NTZ NOT NULL COMMENT 'When the object was last written with this content, UTC.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  SNAPSHOT_ID VARCHAR NOT NULL COMMENT 'The snapshot; for an object from another source, the object''s key.',
  HANDLE VARCHAR COMMENT 'The account''s handle when the snapshot was taken.',
  STARTED_AT TIMESTAMP_NTZ COMMENT 'When the extraction began, UTC.',
  FINISHED_AT TIMESTAMP_NTZ COMMENT 'When the snapshot was committed; if it is open, when the last run ended, UTC.',
  OUTCOME VARCHAR COMMENT 'How the snapshot ended, such as whole, partial or deferred; NULL if unknown.',
  OUTCOME_REASON VARCHAR COMMENT 'Why it ended that way.',
  USERS_SEEN NUMBER(38,0) COMMENT 'Distinct users in the snapshot.',
  USERS_CLAIMED NUMBER(38,0) COMMENT 'The account''s follower count as reported by the API.',
  REQUESTS NUMBER(38,0) COMMENT 'Requests made for the snapshot.',
  QUOTA_LEFT NUMBER(38,0) COMMENT 'Requests left in the plan after the snapshot''s last response.',
  COVERED_FROM TIMESTAMP_NTZ COMMENT 'The snapshot lists who followed at or after this time, UTC: the last cursor of its pages. NULL if unknown.',
  COVERED_TO TIMESTAMP_NTZ COMMENT 'When the newest page was fetched, UTC; nobody who followed later is listed.',
  HOLES VARCHAR COMMENT 'Follow times in between that could not be read: a JSON list of first and last second, UTC; [] without any.',
  IS_WHOLE BOOLEAN COMMENT 'True if nobody on the account''s list was missed; a list that the API cuts is not whole.',
  COVERAGE FLOAT COMMENT 'Users seen divided by users claimed; NULL if unknown.'
) COMMENT = 'One row per batch and object: counts for the ledger, and snapshot facts from the manifest.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.TOUCHED_USERS (
  BATCH_ID VARCHAR NOT NULL COMMENT 'The batch in which the object was staged.',
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user.',
  NEWEST VARCHAR NOT NULL COMMENT 'Where the newest row is: batch, table, history.'
) COMMENT = 'Users whose rows the current publication recomputes; empty between publications.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.PUBLISH_LOCK (
  SCHEMA_VERSION NUMBER(38,0) NOT NULL COMMENT 'The version of these tables.',
  BATCH_ID VARCHAR COMMENT 'The batch, or what else, that last held the lock, and random digits.',
  USERS NUMBER(38,0) COMMENT 'Users in the history, as publications have counted them; NULL before the first.',
  SUPPRESSION VARCHAR COMMENT 'State of the suppression list that these tables were cleaned by; NULL if never.',
  RETAINED_FROM TIMESTAMP_NTZ COMMENT 'Snapshots before it have expired and are not loaded, UTC; NULL before the first expiry.'
) COMMENT = 'The lock row: each publication updates it first, so only one runs at a time.';

CREATE TABLE IF NOT EXISTS PUBLIC.PRESENCE_SPELLS (
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user.',
  SPELL NUMBER(38,0) NOT NULL COMMENT '1 for the user''s first presence on the account''s list, 2 for the next.',
  FIRST_SEEN_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first snapshot that shows the user; NULL if before the retained history.',
  FIRST_OBJECT_KEY VARCHAR COMMENT 'The object of that snapshot; NULL if before the retained history.',
  LAST_SEEN_AT TIMESTAMP_NTZ NOT NULL COMMENT 'LOOKED_AT of the last snapshot that shows the user.',
  LAST_OBJECT_KEY VARCHAR NOT NULL COMMENT 'The object of that snapshot.',
  FOLLOWED_AFTER TIMESTAMP_NTZ COMMENT 'Start of the follow window in that snapshot; NULL if unknown.',
  FOLLOWED_BEFORE TIMESTAMP_NTZ COMMENT 'End of that window; NULL for an object from another source.',
  JOINED_SEEN_AT TIMESTAMP_NTZ NOT NULL COMMENT 'LOOKED_AT of the first snapshot of the newest follow: since then, each window touches the one before.',
  JOINED_AFTER TIMESTAMP_NTZ COMMENT 'Start of the follow window in that snapshot; NULL if unknown.',
  JOINED_BEFORE TIMESTAMP_NTZ COMMENT 'End of that window; NULL for an object from another source.',
  FIRST_MISSED_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first later snapshot that would have shown the user, but does not.',
  SECOND_MISSED_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the second such snapshot, since which the user is gone.',
  OUT_OF_REACH_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first later snapshot that went to the list''s end or cap, but not back to the window.'
) COMMENT = 'One row per account, user and spell. A spell ends when two snapshots missed the user and a later one shows them.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.TOUCHED_SPELLS (
  BATCH_ID VARCHAR NOT NULL COMMENT 'The batch that is published.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  TIKTOK_ID VARCHAR(20) NOT NULL COMMENT 'The user.',
  SPELL NUMBER(38,0) NOT NULL COMMENT '1 for the user''s first presence on the account''s list, 2 for the next.',
  FIRST_SEEN_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first snapshot that shows the user; NULL if before the retained history.',
  FIRST_OBJECT_KEY VARCHAR COMMENT 'The object of that snapshot; NULL if before the retained history.',
  LAST_SEEN_AT TIMESTAMP_NTZ NOT NULL COMMENT 'LOOKED_AT of the last snapshot that shows the user.',
  LAST_OBJECT_KEY VARCHAR NOT NULL COMMENT 'The object of that snapshot.',
  FOLLOWED_AFTER TIMESTAMP_NTZ COMMENT 'Start of the follow window in that snapshot; NULL if unknown.',
  FOLLOWED_BEFORE TIMESTAMP_NTZ COMMENT 'End of that window; NULL for an object from another source.',
  JOINED_SEEN_AT TIMESTAMP_NTZ NOT NULL COMMENT 'LOOKED_AT of the first snapshot of the newest follow: since then, each window touches the one before.',
  JOINED_AFTER TIMESTAMP_NTZ COMMENT 'Start of the follow window in that snapshot; NULL if unknown.',
  JOINED_BEFORE TIMESTAMP_NTZ COMMENT 'End of that window; NULL for an object from another source.',
  FIRST_MISSED_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first later snapshot that would have shown the user, but does not.',
  SECOND_MISSED_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the second such snapshot, since which the user is gone.',
  OUT_OF_REACH_AT TIMESTAMP_NTZ COMMENT 'LOOKED_AT of the first later snapshot that went to the list''s end or cap, but not back to the window.'
) COMMENT = 'Rows of PRESENCE_SPELLS that the current publication writes; empty between publications.';

CREATE TABLE IF NOT EXISTS PUBLIC.ACCOUNT_LOOKS (
  OBJECT_KEY VARCHAR NOT NULL COMMENT 'Key of the stored response.',
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  LOOKED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When the response was fetched, UTC.',
  HANDLE VARCHAR COMMENT 'The account''s handle at that time.',
  FOLLOWERS NUMBER(38,0) COMMENT 'How many follow the account; NULL if unknown.',
  FOLLOWING_COUNT NUMBER(38,0) COMMENT 'How many accounts it follows; NULL if unknown.',
  HEARTS NUMBER(38,0) COMMENT 'Likes on its videos; NULL if unknown, or if the account is private.',
  VIDEOS NUMBER(38,0) COMMENT 'Its public videos; NULL if unknown, or if the account is private.',
  TOTALS_ARE_EXACT BOOLEAN NOT NULL COMMENT 'False if the API gave rounded totals.'
) COMMENT = 'One row per account and look: the totals that the API gave for the tracked account itself.';

CREATE TABLE IF NOT EXISTS PUBLIC.RUN_COSTS (
  RUN_ID VARCHAR NOT NULL COMMENT 'Dagster''s ID of the run.',
  JOB VARCHAR NOT NULL COMMENT 'The job.',
  STATUS VARCHAR COMMENT 'success, failure or canceled; NULL until the next run completes the row.',
  STARTED_AT TIMESTAMP_NTZ COMMENT 'When the run started, UTC; NULL if it never did.',
  ENDED_AT TIMESTAMP_NTZ COMMENT 'When it ended, UTC; NULL until the next run completes the row.',
  API_REQUESTS NUMBER(38,0) COMMENT 'Requests to the API; NULL if unknown.',
  GLUE_DPU_HOURS FLOAT COMMENT 'DPU-hours of its Glue job runs; NULL if unknown.',
  GLUE_USD FLOAT COMMENT 'What they cost in US dollars, estimated; NULL if unknown.',
  GLUE_BASIS VARCHAR NOT NULL COMMENT 'How GLUE_USD was estimated, or why it is unknown.',
  SNOWFLAKE_SECONDS FLOAT COMMENT 'How long the virtual warehouse executed its statements, added up; NULL if unknown.',
  SNOWFLAKE_CREDITS FLOAT COMMENT 'Credits for these seconds, estimated; NULL if unknown.',
  SNOWFLAKE_BASIS VARCHAR NOT NULL COMMENT 'How SNOWFLAKE_CREDITS was estimated, or why it is unknown.',
  RECORDED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When the row was last written, UTC.'
) COMMENT = 'One row per run of Dagster, also of a failed one: what it used. Credits and dollars are estimates.';

CREATE TABLE IF NOT EXISTS PUBLIC.DAILY_TOTALS (
  ACCOUNT_ID VARCHAR NOT NULL COMMENT 'The account.',
  DAY TIMESTAMP_NTZ NOT NULL COMMENT 'The day, by its first second in UTC.',
  FIRST_SEEN NUMBER(38,0) NOT NULL COMMENT 'Users whom a snapshot of the day was the first to show; below 0 if others now seem to be.',
  GONE NUMBER(38,0) NOT NULL COMMENT 'Users whom a snapshot of the day was the first to miss, and who left.',
  MISSED_ONCE NUMBER(38,0) NOT NULL COMMENT 'Users whom a snapshot of the day missed, and no other did.',
  OUT_OF_VIEW NUMBER(38,0) NOT NULL COMMENT 'Users whom a list of the day was the first not to reach.',
  EXPIRED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When snapshots of the account last expired, UTC.'
) COMMENT = 'One row per account and day: users that the day''s totals counted and the history left cannot show. Empty until snapshots expire.';

CREATE TABLE IF NOT EXISTS TIKTOK_INTERNAL.READER_KEY (
  INNER_KEY VARCHAR NOT NULL COMMENT 'The half of the key that is hashed with a value.',
  OUTER_KEY VARCHAR NOT NULL COMMENT 'The half that is hashed with the result.',
  MADE_AT TIMESTAMP_NTZ NOT NULL COMMENT 'When the key was made, UTC.'
) COMMENT = 'One row: the secret key of the pseudonyms that readers see. No reader may read it.';

CREATE SCHEMA IF NOT EXISTS MAIN;

USE SCHEMA PUBLIC;

CREATE VIEW IF NOT EXISTS MAIN.TIKTOK_DATA (TIKTOK_ID COMMENT 'The user''s ID. It is text because most IDs exceed 2^53, and a float would alter them.', USER_NAME COMMENT 'The user''s handle; it can change.', NICK_NAME COMMENT 'The display name. It may be empty, is not unique, and can be in any script.', ACCOUNT_VERIFIED COMMENT 'Whether TikTok verified the account.', PRIVATE_ACCOUNT COMMENT 'Whether only approved followers can see the account.', FOLLOWERS_COUNT COMMENT 'Users who follow this user.', FOLLOWING_COUNT COMMENT 'Users that this user follows.', VIDEO_COUNT COMMENT 'Videos the user has published; 0 for a private account.', HEART_COUNT COMMENT 'Likes the user''s videos have received.', FRIENDS_COUNT COMMENT 'Mutual followers; always 0 in the follower list.', DIGG_COUNT COMMENT 'Videos the user has liked.', COUNTS_EXACT COMMENT 'True if the counts are the API''s exact numbers (statsV2), false if they are rounded.', EXTRACTED_AT COMMENT 'When the page with this row was fetched, UTC.') COMMENT = 'One row per user: the user''s newest known data.' AS SELECT TIKTOK_ID, USER_NAME, NICK_NAME, ACCOUNT_VERIFIED, PRIVATE_ACCOUNT, FOLLOWERS_COUNT, FOLLOWING_COUNT, VIDEO_COUNT, HEART_COUNT, FRIENDS_COUNT, DIGG_COUNT, COUNTS_EXACT, EXTRACTED_AT FROM PUBLIC.TIKTOK_DATA;

CREATE VIEW IF NOT EXISTS MAIN.RUN_COSTS (RUN_ID COMMENT 'Dagster''s ID of the run.', JOB COMMENT 'The job.', STATUS COMMENT 'success, failure or canceled; NULL until the next run completes the row.', STARTED_AT COMMENT 'When the run started, UTC; NULL if it never did.', ENDED_AT COMMENT 'When it ended, UTC; NULL until the next run completes the row.', API_REQUESTS COMMENT 'Requests to the API; NULL if unknown.', GLUE_DPU_HOURS COMMENT 'DPU-hours of its Glue job runs; NULL if unknown.', GLUE_USD COMMENT 'What they cost in US dollars, estimated; NULL if unknown.', GLUE_BASIS COMMENT 'How GLUE_USD was estimated, or why it is unknown.', SNOWFLAKE_SECONDS COMMENT 'How long the virtual warehouse executed its statements, added up; NULL if unknown.', SNOWFLAKE_CREDITS COMMENT 'Credits for these seconds, estimated; NULL if unknown.', SNOWFLAKE_BASIS COMMENT 'How SNOWFLAKE_CREDITS was estimated, or why it is unknown.', RECORDED_AT COMMENT 'When the row was last written, UTC.') COMMENT = 'One row per run of Dagster, also of a failed one: what it used. Credits and dollars are estimates.' AS SELECT RUN_ID, JOB, STATUS, STARTED_AT, ENDED_AT, API_REQUESTS, GLUE_DPU_HOURS, GLUE_USD, GLUE_BASIS, SNOWFLAKE_SECONDS, SNOWFLAKE_CREDITS, SNOWFLAKE_BASIS, RECORDED_AT FROM PUBLIC.RUN_COSTS;
