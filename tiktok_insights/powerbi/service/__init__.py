"""The semantic model in the Power BI service: it is looked up, refreshed, and followed until the refresh has ended.

`api` sends requests and signs in, `models` reads what the service says, `refreshing` decides. `reasons` says why a
refresh failed and what to do. When a refresh is due belongs in defs/.
"""
