"""The error of everything that reads a setting. Other errors belong beside the code that raises them."""

from tiktok_insights.text.quoting import without_secrets


class SettingsError(ValueError):
    """The environment does not say what is needed, or says what cannot be; the message names the variable."""


def wrong_value(variable: str, text: str, expected: str) -> SettingsError:
    """Build the error of a variable that holds what it cannot hold, such as the secret of the variable beside it.

    The message shows the text without what may be a secret. A variable for a secret is not shown at all.
    """
    shown = without_secrets(text)
    return SettingsError(
        f"{variable} is {shown!r}, but {expected} was expected. Change it in the environment or in .env."
    )
