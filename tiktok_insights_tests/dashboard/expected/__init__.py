"""What the dashboard must say, in plain Python from the rows of FOLLOWER_SNAPSHOTS and ACCOUNT_SNAPSHOTS alone.

The insights' oracle decides who is listed, gone, new or in a burst; here is what the facts count of it. Nothing here
reads a mart.
"""
