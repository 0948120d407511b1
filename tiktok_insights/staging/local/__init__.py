"""The engine of one machine: DuckDB, with bounded memory. Nothing else in the stage knows it."""
