"""Draws the file from the facts: `render.render` is all that others need.

The words are in `words/`, the pieces in `components/`, the pages in `pages/`, style and script in `files/`; what the
pages hold is described in `description/`. Nothing here knows the clock, reads a table or writes a file.
"""
