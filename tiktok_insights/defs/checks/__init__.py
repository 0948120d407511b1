"""One module a stage: the checks on what the stage has made."""
