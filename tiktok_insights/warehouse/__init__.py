"""Stage warehouse: audited batches into TIKTOK_DATA in one transaction, and what must then be true of it."""
