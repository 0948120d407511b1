-- One row per account, stretch of days before its newest list, and class or sign: the listed users who joined in it for
-- certain and have it; with 0 days, of all listed users.
SELECT ACCOUNT_ID, DAYS, NAME, USERS, USERS_KNOWN, SHARE
FROM {marts}.AUDIENCE_SIGNS
WHERE ACCOUNT_ID IN ({accounts})
ORDER BY ACCOUNT_ID, DAYS, NAME
