"""Stage raw: every page as received (write-once), and the manifest last. Knows only the source and the bucket."""
