"""The semantic model: its tables, columns, measures and relationships. How they become text belongs elsewhere."""
