-- One row per account and covered day: the bounds of who joined on it and is still listed.
SELECT ACCOUNT_ID, DAY, AT_LEAST, AT_MOST
FROM {marts}.FOLLOWERS_JOINED_DAILY
WHERE ACCOUNT_ID IN ({accounts}) AND AT_LEAST IS NOT NULL
ORDER BY ACCOUNT_ID, DAY
