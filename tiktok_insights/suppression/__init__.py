"""Who was removed and must not come back: whoever reads rows asks here. Finding and erasing is done in `people`."""
