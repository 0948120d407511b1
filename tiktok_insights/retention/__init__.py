"""Snapshots expire: whole ones, when they are older than the days for which data is kept.

`cut` says what is too old, `bucket` and `warehouse` delete it in one kind of place, `expiry` in all of them. What one
person asks to have removed belongs in `people`.
"""
