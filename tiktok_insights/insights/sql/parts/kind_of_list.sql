-- How the list of a snapshot ended, in the marts' words: what was stopped early is partial; NULL for a file from another
-- source.
CASE
  WHEN OUTCOME IN ('whole', 'cut', 'window', 'hidden') THEN OUTCOME
  WHEN OUTCOME IS NOT NULL THEN 'partial'
END
