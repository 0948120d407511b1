-- One row per account, stretch of days and class or sign: how many of the users on its list who joined in the stretch have
-- it, so that an account is compared with itself. Every account has every row. The classes say how many signs a user has;
-- what the signs are is in FOLLOWER_SIGNS. It is no score, and no share of fakes.
--
-- ACCOUNT_ID (id): The account.
-- DAYS (threshold): Users who joined for certain in the {recent_days} or {longer_days} days before the account's newest snapshot that shows anybody; 0 for all users.
-- KIND (one of class | sign): A user has one class, and any number of signs.
-- NAME (one of none | one | several | cannot say | default handle | follows many more | never liked | young when joined | same age | at the follow limit): The class or sign.
-- USERS (count): Users who have it and whose state is listed or returned.
-- USERS_KNOWN (count): Users of whom it is known whether they have it; for the class cannot say, all.
-- SHARE (share or NULL): The users' share of the users known; NULL if those are under {min_users}, if the users are under {min_group}, or if the list covers too little.
-- SEEN (count or NULL): Users in the account's newest snapshot that is not a window; NULL without one.
-- CLAIMED (count or NULL): The account's follower count at that time as reported by the API.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed.
--
-- key: ACCOUNT_ID, DAYS, NAME
-- order: ACCOUNT_ID, DAYS, KIND, NAME
-- reconcile users listed: SUM(CASE WHEN DAYS < 1 AND KIND IN ('class') THEN USERS ELSE 0 END) = COUNT(CASE WHEN COALESCE(FIRST_MISSED_AT, OUT_OF_REACH_AT) IS NULL THEN 1 END) of PRESENCE_SPELLS
WITH coverage AS ({coverage_of_accounts}), users AS ({signs_of_users}), lists AS (
  SELECT ACCOUNT_ID, MAX(LOOKED_AT) AS LAST_AT FROM {schema}.ACCOUNT_SNAPSHOTS WHERE USERS_SEEN > 0 GROUP BY ACCOUNT_ID
), stretches AS (
  SELECT 0 AS DAYS UNION ALL SELECT {recent_days} UNION ALL SELECT {longer_days}
), names AS (
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
    CASE
      WHEN users.FOLLOWED_AFTER >= DATEADD('day', -{recent_days}, lists.LAST_AT) THEN {recent_days}
      WHEN users.FOLLOWED_AFTER >= DATEADD('day', -{longer_days}, lists.LAST_AT) THEN {longer_days}
    END AS JOINED_WITHIN
  FROM coverage
  CROSS JOIN names
  LEFT JOIN users ON users.ACCOUNT_ID = coverage.ACCOUNT_ID
  LEFT JOIN lists ON lists.ACCOUNT_ID = coverage.ACCOUNT_ID
), counted AS (
  SELECT
    ACCOUNT_ID, KIND, NAME, JOINED_WITHIN, COUNT(CASE WHEN HAS_IT THEN 1 END) AS USERS, COUNT(HAS_IT) AS USERS_KNOWN
  FROM answers
  GROUP BY ACCOUNT_ID, KIND, NAME, JOINED_WITHIN
), sums AS (
  SELECT
    counted.ACCOUNT_ID, stretches.DAYS, counted.KIND, counted.NAME,
    SUM(CASE WHEN stretches.DAYS = 0 OR counted.JOINED_WITHIN <= stretches.DAYS THEN counted.USERS ELSE 0 END) AS USERS,
    SUM(CASE WHEN stretches.DAYS = 0 OR counted.JOINED_WITHIN <= stretches.DAYS THEN counted.USERS_KNOWN ELSE 0 END)
      AS USERS_KNOWN
  FROM counted
  CROSS JOIN stretches
  GROUP BY counted.ACCOUNT_ID, stretches.DAYS, counted.KIND, counted.NAME
)
SELECT
  sums.ACCOUNT_ID, sums.DAYS, sums.KIND, sums.NAME, sums.USERS, sums.USERS_KNOWN,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND sums.USERS_KNOWN >= {min_users} AND sums.USERS >= {min_group}
    THEN sums.USERS / sums.USERS_KNOWN END AS SHARE,
  coverage.SEEN, coverage.CLAIMED, coverage.COVERAGE
FROM sums
JOIN coverage ON coverage.ACCOUNT_ID = sums.ACCOUNT_ID
