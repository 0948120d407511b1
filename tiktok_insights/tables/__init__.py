"""The warehouse's tables: what they are, where they are, how existing ones are compared, and how missing ones are made.

Statements on their rows belong in the stages: staging, warehouse, insights.
"""
