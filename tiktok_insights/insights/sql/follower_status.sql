-- One row per account and user ever seen: whether the user is still on the account's list, as far as its snapshots tell.
--
-- ACCOUNT_ID (id): The account.
-- TIKTOK_ID (id): The user's ID.
-- USER_NAME (text or NULL): The user's newest known handle.
-- STATE (one of listed | missed_once | gone | returned | unknown): Whether the list still has the user.
-- FIRST_SEEN_AT (time): When the first snapshot began that shows the user.
-- LAST_SEEN_AT (time): When the last snapshot began that shows the user.
-- FIRST_MISSED_AT (time or NULL): When the first later snapshot began that would have shown the user, but does not.
-- OUT_OF_REACH_AT (time or NULL): When the first later snapshot began that went to the list's end or cap, but not back to when the user followed.
-- FOLLOWED_AFTER (time or NULL): The user followed at or after this time, by the last snapshot that shows the user.
-- FOLLOWED_BEFORE (time or NULL): The user followed before this time; NULL if the last one is a file from another source.
--
-- key: ACCOUNT_ID, TIKTOK_ID
-- order: LAST_SEEN_AT DESC, ACCOUNT_ID, TIKTOK_ID
-- reconcile users per account: COUNT(*) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of PRESENCE_SPELLS
SELECT
  spells.ACCOUNT_ID, spells.TIKTOK_ID, users.USER_NAME,
  CASE
    WHEN spells.SECOND_MISSED_AT IS NOT NULL THEN 'gone'
    WHEN spells.FIRST_MISSED_AT IS NOT NULL THEN 'missed_once'
    WHEN spells.OUT_OF_REACH_AT IS NOT NULL THEN 'unknown'
    WHEN spells.SPELL > 1 THEN 'returned'
    ELSE 'listed' END AS STATE,
  spells.EVER_SEEN_AT AS FIRST_SEEN_AT, spells.LAST_SEEN_AT, spells.FIRST_MISSED_AT, spells.OUT_OF_REACH_AT,
  spells.FOLLOWED_AFTER, spells.FOLLOWED_BEFORE
FROM (
  SELECT
    all_spells.*, MIN(FIRST_SEEN_AT) OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID) AS EVER_SEEN_AT,
    ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID ORDER BY SPELL DESC) AS FROM_LAST
  FROM {schema}.PRESENCE_SPELLS AS all_spells
) AS spells
LEFT JOIN {schema}.TIKTOK_DATA AS users ON users.TIKTOK_ID = spells.TIKTOK_ID
WHERE spells.FROM_LAST = 1
