"""One module a stage, one asset each."""
