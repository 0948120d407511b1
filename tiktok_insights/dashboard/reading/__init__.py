"""Reads the facts of the dashboard from the marts, with one statement for each topic, whatever the number of accounts.

The statements are in sql/; `{marts}` is the schema of the marts' views, and `{accounts}` are the accounts, bound. What
the numbers mean is said in `facts/` and in the marts' files. How they look belongs in `view/`.
"""
