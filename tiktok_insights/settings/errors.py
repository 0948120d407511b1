"""The error of everything that reads a setting. Other errors belong beside the code that raises them."""


class SettingsError(ValueError):
    """The environment does not say what is needed, or says what cannot be; the message names the variable."""


def wrong_value(variable: str, text: str, expected: str) -> SettingsError:
    """Build the error of a variable that holds what it cannot hold. Not for secrets: the message shows the text."""
    return SettingsError(
        f"{variable} is {text!r}, but {expected} was expected. Change it in the environment or in .env."
    )
