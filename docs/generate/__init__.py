"""Writes the documents that say what the code says: `make docs`. No fact stands here that the code has."""
