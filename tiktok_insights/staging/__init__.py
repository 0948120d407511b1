"""Stage staging: pending objects to typed, deduplicated, audited rows in the warehouse's staging table."""
