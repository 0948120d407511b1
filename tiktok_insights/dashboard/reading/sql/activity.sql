-- One row per account: its listed public users with counts, and those without activity.
SELECT ACCOUNT_ID, USERS_CONSIDERED, USERS_WITHOUT_ACTIVITY, SHARE_WITHOUT_ACTIVITY
FROM {marts}.PUBLIC_ACTIVITY
WHERE ACCOUNT_ID IN ({accounts})
ORDER BY ACCOUNT_ID
