-- One row per account, user and departure: who is no longer listed (left, was removed, or the account is gone). Two
-- snapshots that would have shown the user did not.
--
-- ACCOUNT_ID (id): The account.
-- TIKTOK_ID (id): The user's ID.
-- USER_NAME (text or NULL): The user's newest known handle.
-- FOLLOWERS (count or NULL): Users who follow this user, as last known.
-- LAST_SEEN_AT (time): When the last snapshot began that shows the user. The user was gone after this time.
-- FIRST_MISSED_AT (time): When the first snapshot began that would have shown the user, but did not. The user was gone by this time.
-- SECOND_MISSED_AT (time): When the second such snapshot began, which made it certain.
-- FOLLOWED_AFTER (time or NULL): The user had followed at or after this time.
-- FOLLOWED_BEFORE (time): The user had followed before this time.
-- RETURNED_AT (time or NULL): When the first snapshot began that shows the user again; NULL if there is none.
--
-- key: ACCOUNT_ID, TIKTOK_ID, LAST_SEEN_AT
-- order: FIRST_MISSED_AT DESC, FOLLOWERS DESC NULLS LAST, ACCOUNT_ID, TIKTOK_ID, LAST_SEEN_AT
-- reconcile departures: COUNT(*) = COUNT(SECOND_MISSED_AT) of PRESENCE_SPELLS
SELECT
  gone.ACCOUNT_ID, gone.TIKTOK_ID, users.USER_NAME, users.FOLLOWERS_COUNT AS FOLLOWERS, gone.LAST_SEEN_AT,
  gone.FIRST_MISSED_AT, gone.SECOND_MISSED_AT, gone.FOLLOWED_AFTER, gone.FOLLOWED_BEFORE,
  returned.FIRST_SEEN_AT AS RETURNED_AT
FROM {schema}.PRESENCE_SPELLS AS gone
LEFT JOIN {schema}.PRESENCE_SPELLS AS returned
  ON returned.ACCOUNT_ID = gone.ACCOUNT_ID AND returned.TIKTOK_ID = gone.TIKTOK_ID AND returned.SPELL = gone.SPELL + 1
LEFT JOIN {schema}.TIKTOK_DATA AS users ON users.TIKTOK_ID = gone.TIKTOK_ID
WHERE gone.SECOND_MISSED_AT IS NOT NULL
