-- One row per account and class or sign: how many of the users on its list have it, and how many of those who joined in
-- the last {recent_days} days, to compare with. Every account has every row. The classes say how many signs a user has; what the
-- signs are is in FOLLOWER_SIGNS. It is no score, and no share of fakes.
--
-- ACCOUNT_ID (id): The account.
-- KIND (one of class | sign): A user has one class, and any number of signs.
-- NAME (one of none | one | several | cannot say | default handle | follows many more | never liked | young when joined | same age | at the follow limit): The class or sign.
-- USERS (count): Users who have it and whose state is listed or returned.
-- USERS_KNOWN (count): Users of whom it is known whether they have it; for the class cannot say, all.
-- SHARE (share or NULL): The users' share of the users known; NULL if those are under {min_users}, if the users are under {min_group}, or if the list covers too little.
-- RECENT_USERS (count): Those of the users who joined for certain in the {recent_days} days before the account's last snapshot.
-- RECENT_KNOWN (count): Those of the users known who did.
-- RECENT_SHARE (share or NULL): The recent users' share of the recent users known; NULL for the same reasons as SHARE.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, NAME
-- order: ACCOUNT_ID, KIND, NAME
-- reconcile users listed: SUM(CASE WHEN KIND IN ('class') THEN USERS ELSE 0 END) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH coverage AS ({coverage_of_accounts}), users AS ({signs_of_users}), names AS (
  SELECT 'class' AS KIND, 'none' AS NAME
  UNION ALL SELECT 'class', 'one'
  UNION ALL SELECT 'class', 'several'
  UNION ALL SELECT 'class', 'cannot say'
  UNION ALL SELECT 'sign', 'default handle'
  UNION ALL SELECT 'sign', 'follows many more'
  UNION ALL SELECT 'sign', 'never liked'
  UNION ALL SELECT 'sign', 'young when joined'
  UNION ALL SELECT 'sign', 'same age'
  UNION ALL SELECT 'sign', 'at the follow limit'
), answers AS (
  SELECT coverage.ACCOUNT_ID, names.KIND, names.NAME, CASE names.NAME
    WHEN 'cannot say' THEN users.SIGNS = 'cannot say'
    WHEN 'default handle' THEN users.HAS_DEFAULT_HANDLE
    WHEN 'follows many more' THEN users.FOLLOWS_MANY_MORE
    WHEN 'never liked' THEN users.NEVER_LIKED
    WHEN 'young when joined' THEN users.WAS_YOUNG
    WHEN 'same age' THEN users.IS_SAME_AGE
    WHEN 'at the follow limit' THEN users.IS_AT_LIMIT
    ELSE CASE WHEN users.SIGNS <> 'cannot say' THEN users.SIGNS = names.NAME END END AS HAS_IT,
    users.FOLLOWED_AFTER >= DATEADD(day, -{recent_days}, coverage.LAST_LOOKED_AT) AS IS_RECENT
  FROM coverage
  CROSS JOIN names
  LEFT JOIN users ON users.ACCOUNT_ID = coverage.ACCOUNT_ID
), counted AS (
  SELECT
    ACCOUNT_ID, KIND, NAME, COUNT(CASE WHEN HAS_IT THEN 1 END) AS USERS, COUNT(HAS_IT) AS USERS_KNOWN,
    COUNT(CASE WHEN HAS_IT AND IS_RECENT THEN 1 END) AS RECENT_USERS,
    COUNT(CASE WHEN IS_RECENT THEN HAS_IT END) AS RECENT_KNOWN
  FROM answers
  GROUP BY ACCOUNT_ID, KIND, NAME
)
SELECT
  counted.ACCOUNT_ID, counted.KIND, counted.NAME, counted.USERS, counted.USERS_KNOWN,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND counted.USERS_KNOWN >= {min_users} AND counted.USERS >= {min_group}
    THEN counted.USERS / counted.USERS_KNOWN END AS SHARE,
  counted.RECENT_USERS, counted.RECENT_KNOWN,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND counted.RECENT_KNOWN >= {min_users} AND counted.RECENT_USERS >= {min_group}
    THEN counted.RECENT_USERS / counted.RECENT_KNOWN END AS RECENT_SHARE,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM counted
JOIN coverage ON coverage.ACCOUNT_ID = counted.ACCOUNT_ID
