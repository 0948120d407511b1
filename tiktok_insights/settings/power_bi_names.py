"""Names that the environment gives for Power BI: IDs, the tenant, and the URLs of the service.

Add a function here when a variable holds a name that Microsoft has rules for. Secrets are not looked at.
"""

import re
from urllib.parse import urlsplit

from tiktok_insights.clients.http_session import is_loopback
from tiktok_insights.settings.errors import wrong_value

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)


def is_guid(text: str) -> bool:
    """Whether a text is an ID as Microsoft writes them."""
    return _GUID.fullmatch(text) is not None


def guid(variable: str, text: str) -> None:
    """Refuse what is no ID. Raises SettingsError."""
    if not is_guid(text):
        raise wrong_value(variable, text, "an ID such as 01234567-89ab-cdef-0123-456789abcdef")


def tenant(variable: str, text: str) -> None:
    """Refuse what is neither an ID nor a domain. Raises SettingsError."""
    if not is_guid(text) and not _DOMAIN.fullmatch(text):
        raise wrong_value(variable, text, "an ID, or a domain such as contoso.onmicrosoft.com,")


def service_url(variable: str, text: str) -> None:
    """Refuse a URL that would send a secret in the clear: http is only for this machine. Raises SettingsError.

    Paths are appended to it, so it ends with its own.
    """
    try:
        address = urlsplit(text)
        is_whole = bool(address.hostname) and address.scheme in ("https", "http") and address.port != 0
        is_whole = is_whole and not re.search(r"[@?#\\\s]", text)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise wrong_value(variable, text, "a URL such as https://api.powerbi.com/v1.0/myorg")
    if text.lower().startswith("http:") and not is_loopback(text):
        raise wrong_value(variable, text, "a URL with https, so that no one else reads the secret,")
