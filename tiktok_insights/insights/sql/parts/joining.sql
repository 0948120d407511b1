-- When the users of each account began to follow, and which days a snapshot covers. Two marts begin with this part.
-- Where a window's start is unknown, it is the year 1. Of a snapshot that has expired, no one knows whom it did not show.
{numbers}, looks AS (
  SELECT
    ACCOUNT_ID, OBJECT_KEY, LOOKED_AT, COVERED_TO, HOLES, COVERAGE,
    CASE WHEN IS_WHOLE THEN '0001-01-01'::TIMESTAMP_NTZ ELSE COVERED_FROM END AS REACHES_BACK_TO
  FROM {schema}.ACCOUNT_SNAPSHOTS
  WHERE LOOKED_AT IS NOT NULL AND COVERED_TO IS NOT NULL AND OBJECT_KEY IN ({loaded_objects})
), {holes}, newest_spells AS (
  SELECT
    spells.*, COALESCE(FOLLOWED_AFTER, '0001-01-01'::TIMESTAMP_NTZ) AS LAST_START,
    COALESCE(JOINED_AFTER, '0001-01-01'::TIMESTAMP_NTZ) AS FIRST_START,
    ROW_NUMBER() OVER (PARTITION BY ACCOUNT_ID, TIKTOK_ID ORDER BY SPELL DESC) AS FROM_LAST
  FROM {schema}.PRESENCE_SPELLS AS spells
), followed AS (
  -- What the first and the last look of the newest follow have in common.
  SELECT
    newest_spells.*,
    CASE WHEN FIRST_START < FOLLOWED_BEFORE AND LAST_START < JOINED_BEFORE THEN GREATEST(FIRST_START, LAST_START)
      WHEN FOLLOWED_BEFORE IS NOT NULL THEN LAST_START END AS WIDE_START,
    CASE WHEN FIRST_START < FOLLOWED_BEFORE AND LAST_START < JOINED_BEFORE THEN LEAST(FOLLOWED_BEFORE, JOINED_BEFORE)
      ELSE FOLLOWED_BEFORE END AS WINDOW_END
  FROM newest_spells WHERE FROM_LAST = 1
), narrowed AS (
  -- Snapshots before the newest presence that would have shown the user: the user joined after them.
  SELECT
    wide.ACCOUNT_ID, wide.FIRST_SEEN_AT, wide.FIRST_OBJECT_KEY, wide.WIDE_START, wide.WINDOW_END,
    MAX(looks.COVERED_TO) AS NARROW_START
  FROM (SELECT DISTINCT ACCOUNT_ID, FIRST_SEEN_AT, FIRST_OBJECT_KEY, WIDE_START, WINDOW_END FROM followed) AS wide
  JOIN looks
    ON looks.ACCOUNT_ID = wide.ACCOUNT_ID AND looks.COVERED_TO > wide.WIDE_START
    AND looks.COVERED_TO < wide.WINDOW_END AND looks.REACHES_BACK_TO <= wide.WIDE_START
    AND (looks.LOOKED_AT < wide.FIRST_SEEN_AT
      OR (looks.LOOKED_AT = wide.FIRST_SEEN_AT AND looks.OBJECT_KEY < wide.FIRST_OBJECT_KEY))
  LEFT JOIN holes
    ON holes.OBJECT_KEY = looks.OBJECT_KEY AND holes.HOLE_START < wide.WINDOW_END AND holes.HOLE_END >= wide.WIDE_START
  WHERE holes.OBJECT_KEY IS NULL
  GROUP BY wide.ACCOUNT_ID, wide.FIRST_SEEN_AT, wide.FIRST_OBJECT_KEY, wide.WIDE_START, wide.WINDOW_END
), joining AS (
  -- One row per account and user, without a window where it is unknown.
  SELECT
    followed.*, COALESCE(narrowed.NARROW_START, followed.WIDE_START) AS WINDOW_START,
    COALESCE(narrowed.NARROW_START, followed.WIDE_START) > '0001-01-01'::TIMESTAMP_NTZ AS HAS_START
  FROM followed
  LEFT JOIN narrowed
    ON narrowed.ACCOUNT_ID = followed.ACCOUNT_ID AND narrowed.FIRST_SEEN_AT = followed.FIRST_SEEN_AT
    AND narrowed.FIRST_OBJECT_KEY = followed.FIRST_OBJECT_KEY AND narrowed.WIDE_START = followed.WIDE_START
    AND narrowed.WINDOW_END = followed.WINDOW_END
), days AS (
  -- Those on which anyone joined, and as many before as the usual rate looks back.
  SELECT spans.ACCOUNT_ID, DATEADD('day', NUMBER, FIRST_DAY) AS DAY
  FROM (
    SELECT ACCOUNT_ID, DATEADD('day', -{burst_look_back}, DATE_TRUNC('DAY', MIN(WINDOW_START))) AS FIRST_DAY
    FROM joining WHERE HAS_START GROUP BY ACCOUNT_ID
  ) AS spans
  JOIN (SELECT ACCOUNT_ID, MAX(COVERED_TO) AS NEWEST FROM looks GROUP BY ACCOUNT_ID) AS ends
    ON ends.ACCOUNT_ID = spans.ACCOUNT_ID
  JOIN numbers ON DATEADD('day', NUMBER, FIRST_DAY) <= ends.NEWEST
), covered_days AS (
  SELECT DISTINCT days.ACCOUNT_ID, days.DAY
  FROM days
  JOIN looks
    ON looks.ACCOUNT_ID = days.ACCOUNT_ID AND looks.REACHES_BACK_TO <= days.DAY
    AND looks.COVERED_TO >= DATEADD('day', 1, days.DAY)
  LEFT JOIN holes
    ON holes.OBJECT_KEY = looks.OBJECT_KEY AND holes.HOLE_START < DATEADD('day', 1, days.DAY)
    AND holes.HOLE_END >= days.DAY
  WHERE holes.OBJECT_KEY IS NULL
)
