-- One row per account and user ever seen: whether the user is still on the account's list, as far as its snapshots tell.
--
-- ACCOUNT_ID (id): The account.
-- TIKTOK_ID (id): The user's ID.
-- USER_NAME (text or NULL): The user's newest known handle.
-- STATE (one of listed | missed_once | gone | returned | unknown): Whether the list still has the user.
-- FIRST_SEEN_AT (time or NULL): When the first snapshot began that shows the user; NULL if before the retained history.
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
  states.ACCOUNT_ID, states.TIKTOK_ID, users.USER_NAME, states.STATE, states.FIRST_SEEN_AT, states.LAST_SEEN_AT,
  states.FIRST_MISSED_AT, states.OUT_OF_REACH_AT, states.FOLLOWED_AFTER, states.FOLLOWED_BEFORE
FROM ({states_of_users}) AS states
LEFT JOIN {schema}.TIKTOK_DATA AS users ON users.TIKTOK_ID = states.TIKTOK_ID
