-- One row per account and band of how many accounts its listed users follow.
SELECT ACCOUNT_ID, BAND, AT_LEAST, USERS, USERS_SERVED
FROM {marts}.FOLLOWING_BANDS
WHERE ACCOUNT_ID IN ({accounts})
ORDER BY ACCOUNT_ID, AT_LEAST NULLS LAST
