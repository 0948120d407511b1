-- One row per account and day of which a snapshot or a look tells: TikTok's count, the fullest list, and who was missed.
SELECT ACCOUNT_ID, DAY, FOLLOWERS, LIST, HAS_HOLES, GONE, MISSED_ONCE, OUT_OF_VIEW
FROM {marts}.ACCOUNT_DAYS
WHERE ACCOUNT_ID IN ({accounts})
ORDER BY ACCOUNT_ID, DAY
