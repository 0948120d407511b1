"""The warehouse's tables: their definitions, how they are compared with what exists, and how they are created."""
