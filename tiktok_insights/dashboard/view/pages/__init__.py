"""The pages of the dashboard, a module for each and for each of their larger visuals; `drawing` knows them all."""
