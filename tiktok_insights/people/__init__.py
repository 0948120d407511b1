"""People who were removed: who they are is kept as keyed hashes only. What was removed where belongs here, too.

Not here: pseudonyms for readers of the dashboard, and the accounts that are tracked.
"""
