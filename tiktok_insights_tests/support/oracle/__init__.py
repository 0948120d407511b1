"""An oracle in plain Python for the insights (M1-M15), written from their definitions alone.

It takes all snapshots of an account as plain records, and computes each number by the plainest code. Add a module here
for a new definition; code that reads or loads tables belongs in other modules of the test support.
"""
