-- When the account TIKTOK_ID was created, which its ID says in all but the last 32 bits; NULL if that is not known.
-- An ID has 63 bits: a larger number, which another producer may write, says nothing.
-- Without the remainder the division is exact: else it would round.
CASE WHEN CAST(TIKTOK_ID AS NUMBER(38,0)) BETWEEN {first_creation} * 4294967296 AND 9223372036854775807 THEN DATEADD(
  second,
  CAST((CAST(TIKTOK_ID AS NUMBER(38,0)) - MOD(CAST(TIKTOK_ID AS NUMBER(38,0)), 4294967296)) / 4294967296 AS NUMBER(38,0)),
  '1970-01-01 00:00:00'::TIMESTAMP_NTZ
) END
