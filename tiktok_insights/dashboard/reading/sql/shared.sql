-- One row per pair of the accounts: users on both of their newest lists.
SELECT ACCOUNT_ID, OTHER_ACCOUNT_ID, AT_LEAST, SHARE
FROM {marts}.SHARED_FOLLOWERS
WHERE ACCOUNT_ID IN ({accounts}) AND OTHER_ACCOUNT_ID IN ({accounts})
ORDER BY AT_LEAST DESC, ACCOUNT_ID, OTHER_ACCOUNT_ID
