"""Stage raw: every page as received, write-once, with the manifest last. Knows the source and the bucket, no more."""
