"""Tables and marts as files for people: CSV and XLSX for spreadsheets, Parquet for programs.

Add a format here when people need another one. The command belongs in cli/, and what is in a table in its stage.
"""
