-- The objects whose rows are in the history: those of snapshots that have expired are not.
SELECT OBJECT_KEY FROM {schema}.LOAD_HISTORY WHERE STATUS = 'loaded'
