"""What happens beside a retry: nothing. Called once by every entry point: the command line and the definitions."""


def remove_retry_hooks() -> None:
    """Keep stamina from logging retries by itself; whoever retries logs what it means.

    Where structlog is installed (Dagster brings it), stamina's own hooks print past the log, with all arguments.
    """
    # Imported here, because importing the entry points loads as little as possible.
    import stamina

    stamina.instrumentation.set_on_retry_hooks([])
