"""Erases removed people, each module in one kind of place. Who they are, in which order, and the receipt: `people`."""
