-- One row per account and look: the totals that the API gave for the tracked account itself.
--
-- ACCOUNT_ID (id): The account.
-- LOOKED_AT (time): When the API gave the totals, UTC.
-- HANDLE (text or NULL): The account's handle at that time.
-- FOLLOWERS (count or NULL): How many follow the account; NULL if the API did not say.
-- FOLLOWING_COUNT (count or NULL): How many accounts it follows; NULL if the API did not say.
-- HEARTS (count or NULL): Likes on its videos; NULL if the API did not say, or if the account is private.
-- VIDEOS (count or NULL): Its public videos; NULL if the API did not say, or if the account is private.
-- TOTALS_ARE_EXACT (boolean): False if the API gave rounded totals, which hide small changes.
-- OBJECT_KEY (text): Key of the stored response.
--
-- key: OBJECT_KEY
-- order: ACCOUNT_ID, LOOKED_AT DESC, OBJECT_KEY
-- reconcile looks: COUNT(*) = COUNT(*) of ACCOUNT_LOOKS
-- reconcile followers: SUM(FOLLOWERS) = SUM(FOLLOWERS) of ACCOUNT_LOOKS
SELECT
  ACCOUNT_ID, LOOKED_AT, HANDLE, FOLLOWERS, FOLLOWING_COUNT, HEARTS, VIDEOS, TOTALS_ARE_EXACT, OBJECT_KEY
FROM {schema}.ACCOUNT_LOOKS
