-- One row per account and burst: hours in which unusually many joined, at least {burst_joined} and {burst_times} times the usual number; that
-- so many join by chance is less likely than 1 in 10,000. Neighboring hours are one burst. All others who ever followed are in one
-- row per account, to compare with.
--
-- ACCOUNT_ID (id): The account.
-- STARTED_AT (time or NULL): The first hour of the burst, UTC; NULL for the row of all others.
-- ENDED_AT (time or NULL): The end of its last hour.
-- JOINED (count): Users who joined in these hours for certain; in the row of all others, everyone else.
-- USUAL (ratio or NULL): Users who usually join in an hour: the mean of the last {burst_days} covered days before.
-- LISTED (count or NULL): Users of the burst who were still listed {burst_kept_days} days after it; NULL until then.
-- N (count or NULL): Users of whom it is known whether they were: listed or gone.
-- SHARE_KEPT (share or NULL): Listed users divided by N; NULL if N is below {min_users}, or no list of the {cohort_days} days before reaches back to the burst.
-- COVERAGE (ratio or NULL): Users seen divided by users claimed, of the largest such list; NULL if there is none.
-- SEVERAL_SIGNS (count): Users of these who are listed and show several signs, as in FOLLOWER_SIGNS.
-- SIGNS_KNOWN (count): Listed users whose signs can be told.
-- SHARE_SEVERAL (share or NULL): Users with several signs divided by SIGNS_KNOWN; NULL if these are fewer than {min_users}, those fewer than {min_group}, or the account's list is too little.
-- AGES_KNOWN (count): Users of whom it is known when their account was created.
-- AGES_SPREAD_DAYS (ratio or NULL): Days in which the middle half of these accounts was created; NULL if they are fewer than {min_users}.
--
-- key: ACCOUNT_ID, STARTED_AT
-- order: STARTED_AT DESC NULLS LAST, ACCOUNT_ID
-- reconcile users per account: SUM(JOINED) = COUNT(DISTINCT ACCOUNT_ID, TIKTOK_ID) of PRESENCE_SPELLS
WITH {joining}, hourly AS (
  SELECT ACCOUNT_ID, DATE_TRUNC('HOUR', WINDOW_START) AS HOUR, COUNT(*) AS JOINED
  FROM joining
  WHERE HAS_START AND WINDOW_END <= DATEADD('hour', 1, DATE_TRUNC('HOUR', WINDOW_START))
  GROUP BY ACCOUNT_ID, DATE_TRUNC('HOUR', WINDOW_START)
), daily AS (
  SELECT ACCOUNT_ID, DATE_TRUNC('DAY', WINDOW_START) AS DAY, COUNT(*) AS JOINED
  FROM joining
  WHERE HAS_START AND WINDOW_END <= DATEADD('day', 1, DATE_TRUNC('DAY', WINDOW_START))
  GROUP BY ACCOUNT_ID, DATE_TRUNC('DAY', WINDOW_START)
), past_days AS (
  SELECT
    days_with_many.ACCOUNT_ID, days_with_many.DAY, covered_days.DAY AS PAST_DAY,
    ROW_NUMBER() OVER (PARTITION BY days_with_many.ACCOUNT_ID, days_with_many.DAY ORDER BY covered_days.DAY DESC) AS PLACE
  FROM (
    SELECT DISTINCT ACCOUNT_ID, DATE_TRUNC('DAY', HOUR) AS DAY FROM hourly WHERE JOINED >= {burst_joined}
  ) AS days_with_many
  JOIN covered_days
    ON covered_days.ACCOUNT_ID = days_with_many.ACCOUNT_ID AND covered_days.DAY < days_with_many.DAY
    AND covered_days.DAY >= DATEADD('day', -{burst_look_back}, days_with_many.DAY)
), usual AS (
  SELECT past_days.ACCOUNT_ID, past_days.DAY, COALESCE(SUM(daily.JOINED), 0) AS JOINED, 24 * COUNT(*) AS HOURS
  FROM past_days
  LEFT JOIN daily ON daily.ACCOUNT_ID = past_days.ACCOUNT_ID AND daily.DAY = past_days.PAST_DAY
  WHERE past_days.PLACE <= {burst_days}
  GROUP BY past_days.ACCOUNT_ID, past_days.DAY
), burst_hours AS (
  -- With these thresholds the Poisson probability of so many is below 1e-35, so it is not computed.
  SELECT hourly.ACCOUNT_ID, hourly.HOUR, CAST(usual.JOINED AS FLOAT) / usual.HOURS AS USUAL
  FROM hourly
  JOIN usual ON usual.ACCOUNT_ID = hourly.ACCOUNT_ID AND usual.DAY = DATE_TRUNC('DAY', hourly.HOUR)
  WHERE hourly.JOINED >= {burst_joined} AND hourly.JOINED * usual.HOURS >= {burst_times} * usual.JOINED
), runs AS (
  SELECT
    with_gaps.*, SUM(IS_FIRST) OVER (PARTITION BY ACCOUNT_ID ORDER BY HOUR ROWS UNBOUNDED PRECEDING) AS RUN
  FROM (
    SELECT
      burst_hours.*,
      CASE WHEN LAG(HOUR) OVER (PARTITION BY ACCOUNT_ID ORDER BY HOUR) = DATEADD('hour', -1, HOUR) THEN 0 ELSE 1 END
        AS IS_FIRST
    FROM burst_hours
  ) AS with_gaps
), bursts AS (
  SELECT
    runs.ACCOUNT_ID, RUN, MIN(HOUR) AS STARTED_AT, DATEADD('hour', 1, MAX(HOUR)) AS ENDED_AT, MAX(USUAL) AS USUAL,
    CASE WHEN MAX(newest.NEWEST) >= DATEADD('day', {burst_kept_days}, DATEADD('hour', 1, MAX(HOUR)))
      THEN DATEADD('day', {burst_kept_days}, DATEADD('hour', 1, MAX(HOUR))) END AS KEPT_AT
  FROM runs
  JOIN (SELECT ACCOUNT_ID, MAX(LOOKED_AT) AS NEWEST FROM {schema}.ACCOUNT_SNAPSHOTS GROUP BY ACCOUNT_ID) AS newest
    ON newest.ACCOUNT_ID = runs.ACCOUNT_ID
  GROUP BY runs.ACCOUNT_ID, RUN
), reached AS (
  SELECT bursts.ACCOUNT_ID, bursts.STARTED_AT, MAX(looks.COVERAGE) AS COVERAGE, COUNT(*) AS LISTS
  FROM bursts
  JOIN looks
    ON looks.ACCOUNT_ID = bursts.ACCOUNT_ID AND looks.REACHES_BACK_TO <= bursts.STARTED_AT
    AND looks.LOOKED_AT >= DATEADD('day', -{cohort_days}, bursts.KEPT_AT) AND looks.LOOKED_AT < bursts.KEPT_AT
  GROUP BY bursts.ACCOUNT_ID, bursts.STARTED_AT
), members AS (
  SELECT
    joining.ACCOUNT_ID, bursts.STARTED_AT, bursts.ENDED_AT, bursts.USUAL, bursts.KEPT_AT,
    CASE
      WHEN joining.FIRST_SEEN_AT >= bursts.KEPT_AT THEN NULL
      WHEN joining.LAST_SEEN_AT >= bursts.KEPT_AT THEN 'listed'
      WHEN joining.FIRST_MISSED_AT < bursts.KEPT_AT AND joining.SECOND_MISSED_AT IS NOT NULL THEN 'gone'
      WHEN joining.FIRST_MISSED_AT < bursts.KEPT_AT OR joining.OUT_OF_REACH_AT < bursts.KEPT_AT THEN NULL
      WHEN bursts.KEPT_AT IS NOT NULL THEN 'listed' END AS STATE,
    DATEDIFF('second', '1970-01-01'::TIMESTAMP_NTZ, joining.CREATED_AT) AS CREATED, signs.SIGNS
  FROM (SELECT joining.*, {created_at} AS CREATED_AT FROM joining) AS joining
  LEFT JOIN ({signs_of_users}) AS signs
    ON signs.ACCOUNT_ID = joining.ACCOUNT_ID AND signs.TIKTOK_ID = joining.TIKTOK_ID
  LEFT JOIN runs
    ON runs.ACCOUNT_ID = joining.ACCOUNT_ID AND joining.HAS_START
    AND runs.HOUR = DATE_TRUNC('HOUR', joining.WINDOW_START) AND joining.WINDOW_END <= DATEADD('hour', 1, runs.HOUR)
  LEFT JOIN bursts ON bursts.ACCOUNT_ID = runs.ACCOUNT_ID AND bursts.RUN = runs.RUN
), counted AS (
  SELECT
    ACCOUNT_ID, STARTED_AT, ENDED_AT, USUAL, COUNT(*) AS JOINED,
    CASE WHEN KEPT_AT IS NOT NULL THEN SUM(CASE STATE WHEN 'listed' THEN 1 ELSE 0 END) END AS LISTED,
    CASE WHEN KEPT_AT IS NOT NULL THEN COUNT(STATE) END AS N,
    COUNT(CASE WHEN SIGNS <> 'cannot say' THEN 1 END) AS SIGNS_KNOWN,
    COUNT(CASE SIGNS WHEN 'several' THEN 1 END) AS SEVERAL_SIGNS, COUNT(CREATED) AS AGES_KNOWN,
    CASE WHEN COUNT(CREATED) >= {min_users} THEN (PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY CREATED)
      - PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY CREATED)) / 86400 END AS AGES_SPREAD_DAYS
  FROM members GROUP BY ACCOUNT_ID, STARTED_AT, ENDED_AT, USUAL, KEPT_AT
)
SELECT
  counted.ACCOUNT_ID, counted.STARTED_AT, counted.ENDED_AT, counted.JOINED, counted.USUAL, counted.LISTED, counted.N,
  CASE WHEN reached.LISTS > 0 AND counted.N >= {min_users} THEN CAST(counted.LISTED AS FLOAT) / NULLIF(counted.N, 0) END
    AS SHARE_KEPT,
  reached.COVERAGE, counted.SEVERAL_SIGNS, counted.SIGNS_KNOWN,
  CASE WHEN NOT coverage.IS_TOO_LITTLE AND counted.SIGNS_KNOWN >= {min_users} AND counted.SEVERAL_SIGNS >= {min_group}
    THEN CAST(counted.SEVERAL_SIGNS AS FLOAT) / counted.SIGNS_KNOWN END AS SHARE_SEVERAL,
  counted.AGES_KNOWN, counted.AGES_SPREAD_DAYS
FROM counted
JOIN ({coverage_of_accounts}) AS coverage ON coverage.ACCOUNT_ID = counted.ACCOUNT_ID
LEFT JOIN reached ON reached.ACCOUNT_ID = counted.ACCOUNT_ID AND reached.STARTED_AT = counted.STARTED_AT
