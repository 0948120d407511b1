"""How SQL reads ACCOUNT_SNAPSHOTS.HOLES, for the spells and for the marts: two parts of a WITH clause.

What a hole says about a user belongs in the statements that use them.
"""

#: `numbers` are those from 0 to 9,999. A recursion would have a lower limit on Snowflake.
NUMBERS = """digits AS (
  SELECT 0 AS DIGIT UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), numbers AS (
  SELECT 1000 * a.DIGIT + 100 * b.DIGIT + 10 * c.DIGIT + d.DIGIT AS NUMBER
  FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c CROSS JOIN digits AS d
)"""
#: The holes of the snapshots in `looks`, by their keys. HOLES is a list of pairs of texts: of its parts between quotes,
#: every second one is a text. A hole is a page, and no walk has more pages than there are numbers.
HOLES = """holes AS (
  SELECT
    OBJECT_KEY, CAST(SPLIT_PART(HOLES, '"', 4 * NUMBER + 2) AS TIMESTAMP_NTZ) AS HOLE_START,
    CAST(SPLIT_PART(HOLES, '"', 4 * NUMBER + 4) AS TIMESTAMP_NTZ) AS HOLE_END
  FROM looks JOIN numbers ON 4 * NUMBER < LENGTH(HOLES) - LENGTH(REPLACE(HOLES, '"', ''))
  WHERE HOLES LIKE '%"%'
)"""
