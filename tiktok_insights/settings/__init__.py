"""Settings: every environment variable, and the only code that reads them. Opening clients belongs in `resources`."""
