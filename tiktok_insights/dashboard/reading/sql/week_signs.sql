-- One row per account and ISO week, by its Monday: the listed users who joined in it for certain, and show several signs.
SELECT ACCOUNT_ID, WEEK, SEVERAL_SIGNS AS SEVERAL, SIGNS_KNOWN, SHARE_SEVERAL
FROM {marts}.SIGNS_BY_WEEK
WHERE ACCOUNT_ID IN ({accounts}) AND WEEK IS NOT NULL
ORDER BY ACCOUNT_ID, WEEK
