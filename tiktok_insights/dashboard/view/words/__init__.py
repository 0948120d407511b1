"""The sentences of the pages, a module for each: the number first, then how sure, then what was not seen."""
