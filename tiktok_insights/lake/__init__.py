"""Stage lake: one CSV in the contract's columns for each committed snapshot. Knows raw and the source's parser."""
