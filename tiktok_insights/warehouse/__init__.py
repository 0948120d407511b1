"""Stage warehouse: audited batches into TIKTOK_DATA in one transaction, and the checks on it."""
