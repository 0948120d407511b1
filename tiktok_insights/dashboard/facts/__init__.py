"""What the dashboard shows: every number and name of the file, as read from the marts.

Times are UTC without a zone. A number is None where the definition says that no number may be shown, or where nothing
was seen; it is never 0 for that reason. How the numbers are read belongs in `reading/`, how they look in `view/`.
"""
