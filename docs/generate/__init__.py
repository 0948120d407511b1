"""Writes the documents that say what the code says: `make docs`. No fact that the code has is repeated here."""
