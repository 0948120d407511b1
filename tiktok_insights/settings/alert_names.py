"""Names that the environment gives for alerts: the topic, and URLs that are secrets.

Add a function here when a variable says where alerts go. A message never shows a URL.
"""

import re
from urllib.parse import urlsplit

from tiktok_insights.clients.http_session import is_loopback
from tiktok_insights.settings.errors import SettingsError, wrong_value

#: docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html. People cannot subscribe to a FIFO topic.
_TOPIC = re.compile(r"arn:aws[\w-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)


def topic_arn(variable: str, text: str) -> str:
    """Refuse what is no topic's ARN, and give the topic's region. Raises SettingsError."""
    found = _TOPIC.fullmatch(text)
    if found is None:
        raise wrong_value(variable, text, "the ARN of a standard SNS topic, such as arn:aws:sns:REGION:ACCOUNT:NAME,")
    return found[1]


def secret_url(variable: str, text: str) -> None:
    """Refuse a URL that cannot be used, or that would be sent in the clear. Raises SettingsError."""
    try:
        address = urlsplit(text)
        is_usable = bool(address.hostname) and address.port != 0 and not re.search(r"\s", text)
        is_usable = is_usable and (address.scheme == "https" or (address.scheme == "http" and is_loopback(text)))
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingsError(
            f"{variable} is no URL with https. Copy the whole URL again. It is not shown here, as it may be a secret."
        )
