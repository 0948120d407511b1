"""What Glue answers instead of what was asked for."""


class GlueError(Exception):
    """An error of the real service, by its code, such as EntityNotFoundException."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LaunchError(Exception):
    """A run that cannot begin; the message becomes the run's ErrorMessage."""
