-- One row per account, cohort and week: how many of a week's new followers were still listed at the end of a later week,
-- as far as it is known today. Of users without a cohort there is one row per account, to say how many they are: those whose
-- follow time is not known to the week, and those first seen more than {cohort_days} days from it or before the retained
-- history.
--
-- ACCOUNT_ID (id): The account.
-- COHORT (time or NULL): The week in which they joined, by its first second, a Monday in UTC; NULL for users without a cohort.
-- WEEK (threshold): Weeks between; 0 is the cohort's own.
-- USERS (count): Users of the cohort who are known today, the same in every week.
-- LISTED (count): Users who were still listed at the week's end.
-- GONE (count): Users who were no longer listed.
-- UNKNOWN (count): Users whom the list no longer reached.
-- MISSED_ONCE (count): Users whom one snapshot had missed, and who have not been decided since.
-- N (count): Users the share rests on: listed or gone.
-- SHARE_KEPT (share or NULL): Listed users divided by N; NULL if N is below {min_users}, or no list of that week reaches back to the cohort.
-- KEPT_FROM (share or NULL): Lower end of the share's 95 % interval (Wilson).
-- KEPT_TO (share or NULL): Upper end of that interval.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed, of the week's largest list that reaches back to the cohort; NULL if there is none.
--
-- key: ACCOUNT_ID, COHORT, WEEK
-- order: COHORT DESC NULLS LAST, WEEK DESC, ACCOUNT_ID
-- reconcile users per account: SUM(CASE WEEK WHEN 0 THEN USERS END) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of PRESENCE_SPELLS
WITH {joining}, weekly_looks AS (
  SELECT
    looks.*, FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, LOOKED_AT) / 7) AS WEEK_NUMBER
  FROM looks
), spells AS (
  -- Weeks are counted from a Monday. A user's newest follow says in which one the user joined.
  SELECT
    ACCOUNT_ID, TIKTOK_ID, SECOND_MISSED_AT,
    FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, FIRST_SEEN_AT) / 7) AS SEEN_FROM,
    FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, LAST_SEEN_AT) / 7) AS SEEN_TO,
    FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, FIRST_MISSED_AT) / 7) AS MISSED_FROM,
    FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, OUT_OF_REACH_AT) / 7) AS OUT_OF_REACH_FROM,
    MAX(CASE WHEN SPELL = 1 THEN FIRST_SEEN_AT END) OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID) AS EVER_SEEN_AT,
    LEAD(FIRST_SEEN_AT) OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID ORDER BY SPELL) AS NEXT_SEEN_AT
  FROM {schema}.PRESENCE_SPELLS
), with_weeks AS (
  SELECT
    spells.*, joining.WINDOW_END, FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, NEXT_SEEN_AT) / 7) AS NEXT_FROM,
    CASE WHEN HAS_START THEN FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, WINDOW_START) / 7) END AS WEEK_NUMBER
  FROM spells
  JOIN joining ON joining.ACCOUNT_ID = spells.ACCOUNT_ID AND joining.TIKTOK_ID = spells.TIKTOK_ID
), with_cohorts AS (
  SELECT
    with_weeks.*,
    CASE WHEN WINDOW_END <= DATEADD('day', 7 * (WEEK_NUMBER + 1), '1970-01-05'::TIMESTAMP_NTZ)
      AND WINDOW_END BETWEEN DATEADD('day', -{cohort_days}, EVER_SEEN_AT) AND DATEADD('day', {cohort_days}, EVER_SEEN_AT)
      THEN WEEK_NUMBER END AS COHORT_WEEK
  FROM with_weeks
), spell_groups AS (
  -- Most users of a cohort have the same weeks.
  SELECT
    ACCOUNT_ID, COHORT_WEEK, SEEN_FROM, SEEN_TO, NEXT_FROM, MISSED_FROM, OUT_OF_REACH_FROM,
    SECOND_MISSED_AT IS NOT NULL AS IS_GONE, NEXT_SEEN_AT IS NULL AS IS_NEWEST, COUNT(*) AS USERS
  FROM with_cohorts
  GROUP BY
    ACCOUNT_ID, COHORT_WEEK, SEEN_FROM, SEEN_TO, NEXT_FROM, MISSED_FROM, OUT_OF_REACH_FROM,
    SECOND_MISSED_AT IS NOT NULL, NEXT_SEEN_AT IS NULL
), cohorts AS (
  SELECT ACCOUNT_ID, COHORT_WEEK, SUM(USERS) AS USERS FROM spell_groups WHERE IS_NEWEST GROUP BY ACCOUNT_ID, COHORT_WEEK
), cells AS (
  SELECT cohorts.*, numbers.NUMBER AS WEEK, cohorts.COHORT_WEEK + numbers.NUMBER AS AT_WEEK
  FROM cohorts
  JOIN (SELECT ACCOUNT_ID, FLOOR(DATEDIFF('day', '1970-01-05'::TIMESTAMP_NTZ, MAX(LOOKED_AT)) / 7) AS NEWEST
    FROM {schema}.ACCOUNT_SNAPSHOTS GROUP BY ACCOUNT_ID) AS ends
    ON ends.ACCOUNT_ID = cohorts.ACCOUNT_ID
  JOIN numbers ON numbers.NUMBER = 0 OR cohorts.COHORT_WEEK + numbers.NUMBER <= ends.NEWEST
  WHERE cohorts.COHORT_WEEK IS NOT NULL
), states AS (
  SELECT
    cells.ACCOUNT_ID, cells.COHORT_WEEK, cells.WEEK, spell_groups.USERS, CASE
      WHEN SEEN_TO > AT_WEEK THEN 'listed'
      WHEN MISSED_FROM <= AT_WEEK AND IS_GONE THEN 'gone'
      WHEN MISSED_FROM <= AT_WEEK THEN 'missed_once'
      WHEN OUT_OF_REACH_FROM <= AT_WEEK THEN 'unknown'
      ELSE 'listed' END AS STATE
  FROM cells
  JOIN spell_groups
    ON spell_groups.ACCOUNT_ID = cells.ACCOUNT_ID AND spell_groups.COHORT_WEEK = cells.COHORT_WEEK
    AND spell_groups.SEEN_FROM <= cells.AT_WEEK AND (NEXT_FROM IS NULL OR NEXT_FROM > cells.AT_WEEK)
), sums AS (
  SELECT
    ACCOUNT_ID, COHORT_WEEK, WEEK, SUM(CASE WHEN STATE = 'listed' THEN USERS ELSE 0 END) AS LISTED,
    SUM(CASE WHEN STATE = 'gone' THEN USERS ELSE 0 END) AS GONE,
    SUM(CASE WHEN STATE = 'unknown' THEN USERS ELSE 0 END) AS UNKNOWN,
    SUM(CASE WHEN STATE = 'missed_once' THEN USERS ELSE 0 END) AS MISSED_ONCE
  FROM states GROUP BY ACCOUNT_ID, COHORT_WEEK, WEEK
), reached AS (
  SELECT cells.ACCOUNT_ID, cells.COHORT_WEEK, cells.WEEK, COUNT(*) AS LISTS, MAX(looks.COVERAGE) AS COVERAGE
  FROM cells
  JOIN weekly_looks AS looks
    ON looks.ACCOUNT_ID = cells.ACCOUNT_ID AND looks.WEEK_NUMBER = cells.AT_WEEK
    AND looks.REACHES_BACK_TO <= DATEADD('day', 7 * cells.COHORT_WEEK, '1970-01-05'::TIMESTAMP_NTZ)
  GROUP BY cells.ACCOUNT_ID, cells.COHORT_WEEK, cells.WEEK
), counted AS (
  SELECT
    cells.ACCOUNT_ID, cells.COHORT_WEEK, cells.WEEK, cells.USERS, COALESCE(sums.LISTED, 0) AS LISTED,
    COALESCE(sums.GONE, 0) AS GONE, COALESCE(sums.UNKNOWN, 0) AS UNKNOWN, COALESCE(sums.MISSED_ONCE, 0) AS MISSED_ONCE,
    COALESCE(sums.LISTED + sums.GONE, 0) AS N, reached.COVERAGE,
    CASE WHEN reached.LISTS > 0 AND sums.LISTED + sums.GONE >= {min_users}
      THEN CAST(sums.LISTED AS FLOAT) / NULLIF(sums.LISTED + sums.GONE, 0) END AS SHARE_KEPT
  FROM cells
  LEFT JOIN sums
    ON sums.ACCOUNT_ID = cells.ACCOUNT_ID AND sums.COHORT_WEEK = cells.COHORT_WEEK AND sums.WEEK = cells.WEEK
  LEFT JOIN reached
    ON reached.ACCOUNT_ID = cells.ACCOUNT_ID AND reached.COHORT_WEEK = cells.COHORT_WEEK AND reached.WEEK = cells.WEEK
)
SELECT
  ACCOUNT_ID, DATEADD('day', 7 * COHORT_WEEK, '1970-01-05'::TIMESTAMP_NTZ) AS COHORT, WEEK, USERS, LISTED, GONE, UNKNOWN,
  MISSED_ONCE, N, SHARE_KEPT,
  GREATEST(0, (SHARE_KEPT + {z} * {z} / (2 * N)
    - {z} * SQRT(SHARE_KEPT * (1 - SHARE_KEPT) / N + {z} * {z} / (4 * N * N))) / (1 + {z} * {z} / N)) AS KEPT_FROM,
  LEAST(1, (SHARE_KEPT + {z} * {z} / (2 * N)
    + {z} * SQRT(SHARE_KEPT * (1 - SHARE_KEPT) / N + {z} * {z} / (4 * N * N))) / (1 + {z} * {z} / N)) AS KEPT_TO,
  COVERAGE
FROM counted
UNION ALL
SELECT ACCOUNT_ID, NULL, 0, USERS, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL FROM cohorts WHERE COHORT_WEEK IS NULL
