"""Doctor: whether a deployment has what a run needs: settings, machine, API, AWS permissions, Snowflake grants.

Everything here only looks. Add a probe when a run needs something that a person can give it; what a run does about it
belongs to the stages. How findings are printed belongs in `cli.doctor`.
"""
