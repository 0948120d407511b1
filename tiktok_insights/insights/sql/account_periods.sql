-- One row per account and period that has an earlier snapshot: what changed between two snapshots with a count, and what
-- became of everybody listed at its beginning: change = joined - gone - missed once + unexplained. A user is listed from
-- the first snapshot of a presence until one misses the user or no longer reaches back to when they followed. States are
-- as known today; who may have been listed before the retained history counts as seen before. A period is left out if a
-- shorter one has its snapshot, unless that is nearer to its own length.
--
-- ACCOUNT_ID (id): The account.
-- DAYS (threshold): The period's length: {short_period}, {middle_period} or {long_period}.
-- SINCE (time): When the snapshot began that is nearest to so many days before the newest one; of two, the later.
-- UNTIL (time): When the newest snapshot with a count began.
-- SECONDS (count): Seconds between the two.
-- FOLLOWERS_BEFORE (count): The account's follower count at SINCE as reported by the API.
-- FOLLOWERS (count): The count at UNTIL.
-- CHANGE (whole number): The change of the count.
-- JOINED (count or NULL): Users listed now, since a moment after SINCE. This and the next counts are NULL if one of the two snapshots shows nobody or has expired.
-- JOINED_EARLIER (count or NULL): Those of them who had followed before SINCE, and were only not seen then.
-- JOINED_IS_AT_LEAST (boolean): True if the list at UNTIL does not reach back to SINCE, or has a hole after it, so that more may have joined.
-- LISTED_BEFORE (count or NULL): Users listed at SINCE. The next four add up to it.
-- STILL_LISTED (count or NULL): Those of them who are listed now.
-- GONE (count or NULL): Those who are gone now.
-- MISSED_ONCE (count or NULL): Those whom one snapshot misses until now.
-- UNKNOWN (count or NULL): Those of whom it is not known.
-- RETURNED (count or NULL): Those of the users still listed who were gone in between.
-- CAME_AND_WENT (count or NULL): Users whom no snapshot up to SINCE shows, and who are gone now.
-- UNEXPLAINED (whole number or NULL): Change - joined + gone + missed once: what was not seen, such as users beyond a cut list.
-- EARLIER_SNAPSHOTS (count): Snapshots with a count before UNTIL, of which SINCE is the nearest; of those of one moment, one.
--
-- key: ACCOUNT_ID, DAYS
-- order: ACCOUNT_ID, DAYS
-- reconcile earlier snapshots: SUM(CASE DAYS WHEN {short_period} THEN EARLIER_SNAPSHOTS END) = COUNT(DISTINCT ACCOUNT_ID, LOOKED_AT, CASE WHEN USERS_CLAIMED IS NOT NULL THEN 1 END) - COUNT(DISTINCT ACCOUNT_ID, CASE WHEN LOOKED_AT IS NOT NULL AND USERS_CLAIMED IS NOT NULL THEN 1 END) of ACCOUNT_SNAPSHOTS
WITH {numbers}, counted AS (
  SELECT
    snapshots.*, DENSE_RANK() OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT) - 1 AS EARLIER_SNAPSHOTS,
    ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID ORDER BY LOOKED_AT DESC, SNAPSHOT_ID DESC) AS FROM_LAST
  FROM {schema}.ACCOUNT_SNAPSHOTS AS snapshots WHERE LOOKED_AT IS NOT NULL AND USERS_CLAIMED IS NOT NULL
), looks AS (
  SELECT * FROM counted WHERE FROM_LAST = 1
), {holes}, lengths AS (
  SELECT {short_period} AS DAYS UNION ALL SELECT {middle_period} UNION ALL SELECT {long_period}
), pairs AS (
  SELECT
    looks.ACCOUNT_ID, lengths.DAYS, earlier.LOOKED_AT AS SINCE, looks.LOOKED_AT AS UNTIL,
    DATEDIFF('second', earlier.LOOKED_AT, looks.LOOKED_AT) AS SECONDS, earlier.USERS_CLAIMED AS FOLLOWERS_BEFORE,
    looks.USERS_CLAIMED AS FOLLOWERS, earlier.USERS_SEEN > 0 AND looks.USERS_SEEN > 0
      AND loaded.OBJECT_KEY IS NOT NULL AS HAS_LISTS,
    COALESCE(looks.IS_WHOLE, FALSE) OR COALESCE(looks.COVERED_FROM <= earlier.LOOKED_AT, FALSE) AS REACHES_BACK,
    looks.OBJECT_KEY, looks.EARLIER_SNAPSHOTS,
    ROW_NUMBER() OVER (
      PARTITION BY looks.ACCOUNT_ID, lengths.DAYS
      ORDER BY ABS(DATEDIFF('second', earlier.LOOKED_AT, looks.LOOKED_AT) - lengths.DAYS * 86400),
        earlier.LOOKED_AT DESC, earlier.SNAPSHOT_ID
    ) AS PLACE
  FROM looks
  CROSS JOIN lengths
  JOIN counted AS earlier ON earlier.ACCOUNT_ID = looks.ACCOUNT_ID AND earlier.LOOKED_AT < looks.LOOKED_AT
  LEFT JOIN ({loaded_objects}) AS loaded ON loaded.OBJECT_KEY = earlier.OBJECT_KEY
), periods AS (
  SELECT *
  FROM (
    SELECT
      nearest.*, MIN(SECONDS_OFF) OVER (
        PARTITION BY ACCOUNT_ID, SINCE ORDER BY DAYS ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS SHORTER_OFF
    FROM (SELECT pairs.*, ABS(SECONDS - DAYS * 86400) AS SECONDS_OFF FROM pairs WHERE PLACE = 1) AS nearest
  ) AS compared
  WHERE SHORTER_OFF IS NULL OR SECONDS_OFF < SHORTER_OFF
), away AS (
  -- Of who was gone and came back: whether that was at the beginning of the period or after it, and since when the user
  -- is back.
  SELECT
    periods.ACCOUNT_ID, periods.DAYS, gone.TIKTOK_ID,
    MAX(CASE WHEN gone.FIRST_MISSED_AT <= periods.SINCE AND back.FIRST_SEEN_AT > periods.SINCE THEN 1 ELSE 0 END)
      AS WAS_AWAY,
    MAX(CASE WHEN gone.FIRST_MISSED_AT > periods.SINCE THEN 1 ELSE 0 END) AS LEFT_SINCE,
    MAX(back.FIRST_SEEN_AT) AS RETURNED_AT
  FROM periods
  JOIN {schema}.PRESENCE_SPELLS AS gone
    ON gone.ACCOUNT_ID = periods.ACCOUNT_ID AND gone.SECOND_MISSED_AT IS NOT NULL
  JOIN {schema}.PRESENCE_SPELLS AS back
    ON back.ACCOUNT_ID = gone.ACCOUNT_ID AND back.TIKTOK_ID = gone.TIKTOK_ID AND back.SPELL = gone.SPELL + 1
  GROUP BY periods.ACCOUNT_ID, periods.DAYS, gone.TIKTOK_ID
), users AS (
  SELECT
    periods.ACCOUNT_ID, periods.DAYS, periods.SINCE, states.STATE, states.FIRST_SEEN_AT, states.FOLLOWED_BEFORE,
    COALESCE(away.LEFT_SINCE, 0) AS LEFT_SINCE,
    COALESCE(away.RETURNED_AT, states.FIRST_SEEN_AT, periods.SINCE) <= periods.UNTIL AS IS_SEEN_UNTIL,
    COALESCE(states.FIRST_SEEN_AT, periods.SINCE) <= periods.SINCE AND COALESCE(away.WAS_AWAY, 0) = 0
      AND (COALESCE(states.FIRST_MISSED_AT, states.OUT_OF_REACH_AT) IS NULL
        OR COALESCE(states.FIRST_MISSED_AT, states.OUT_OF_REACH_AT) > periods.SINCE) AS WAS_LISTED
  FROM periods
  JOIN ({states_of_users}) AS states ON states.ACCOUNT_ID = periods.ACCOUNT_ID
  LEFT JOIN away
    ON away.ACCOUNT_ID = periods.ACCOUNT_ID AND away.DAYS = periods.DAYS AND away.TIKTOK_ID = states.TIKTOK_ID
  WHERE periods.HAS_LISTS
), sums AS (
  SELECT
    ACCOUNT_ID, DAYS,
    COUNT(CASE WHEN WAS_LISTED THEN 1 END) AS LISTED_BEFORE,
    COUNT(CASE WHEN WAS_LISTED AND STATE IN ('listed', 'returned') THEN 1 END) AS STILL_LISTED,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'gone' THEN 1 END) AS GONE,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'missed_once' THEN 1 END) AS MISSED_ONCE,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'unknown' THEN 1 END) AS UNKNOWN,
    COUNT(CASE WHEN WAS_LISTED AND STATE = 'returned' AND LEFT_SINCE = 1 THEN 1 END) AS RETURNED,
    COUNT(CASE WHEN NOT WAS_LISTED AND IS_SEEN_UNTIL AND STATE IN ('listed', 'returned') THEN 1 END) AS JOINED,
    COUNT(CASE WHEN NOT WAS_LISTED AND IS_SEEN_UNTIL AND STATE IN ('listed', 'returned')
      AND FOLLOWED_BEFORE <= SINCE THEN 1 END) AS JOINED_EARLIER,
    COUNT(CASE WHEN FIRST_SEEN_AT > SINCE AND STATE = 'gone' THEN 1 END) AS CAME_AND_WENT
  FROM users
  GROUP BY ACCOUNT_ID, DAYS
), last_holes AS (
  SELECT OBJECT_KEY, MAX(HOLE_END) AS LAST_HOLE FROM holes GROUP BY OBJECT_KEY
)
SELECT
  periods.ACCOUNT_ID, periods.DAYS, periods.SINCE, periods.UNTIL, periods.SECONDS, periods.FOLLOWERS_BEFORE,
  periods.FOLLOWERS, periods.FOLLOWERS - periods.FOLLOWERS_BEFORE AS CHANGE, sums.JOINED, sums.JOINED_EARLIER,
  NOT periods.REACHES_BACK OR COALESCE(last_holes.LAST_HOLE >= periods.SINCE, FALSE) AS JOINED_IS_AT_LEAST,
  sums.LISTED_BEFORE, sums.STILL_LISTED, sums.GONE, sums.MISSED_ONCE, sums.UNKNOWN, sums.RETURNED, sums.CAME_AND_WENT,
  periods.FOLLOWERS - periods.FOLLOWERS_BEFORE - sums.JOINED + sums.GONE + sums.MISSED_ONCE AS UNEXPLAINED,
  periods.EARLIER_SNAPSHOTS
FROM periods
LEFT JOIN sums ON sums.ACCOUNT_ID = periods.ACCOUNT_ID AND sums.DAYS = periods.DAYS
LEFT JOIN last_holes ON last_holes.OBJECT_KEY = periods.OBJECT_KEY
