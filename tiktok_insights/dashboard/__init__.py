"""The dashboard: one HTML file that opens without a server, made from the marts alone.

Data flow: `reading` (SQL on the marts) -> `facts` -> `pseudonyms`, if asked for -> `view` (one HTML text) and `picture`
(one PNG) -> `publishing` (bucket and folder). Each is a function of the one before, so the same data give the same
bytes. When it is made belongs in defs/; definitions of numbers belong in the marts.
"""
