"""Names that the environment gives for Snowflake: the account, and identifiers that appear in SQL.

Add a function here when a variable holds a name that Snowflake has rules for. Keys belong in `private_key`; which
variables there are, and when they are needed, is not known here.
"""

import re

from tiktok_insights.settings.errors import wrong_value

#: An address as people copy it; what follows the host is no part of the account.
_ACCOUNT = re.compile(
    r"(?:https?://)?(?P<account>[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)*?)"
    r"(?:\.snowflakecomputing\.(?P<domain>com|cn)(?::443)?(?:/\S*)?)?/*",
    re.IGNORECASE | re.ASCII,
)
#: An account in a region of China, of which the connector makes a host in .cn.
_CHINESE = re.compile(r"[^.]+\.cn-", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,254}")


def account_identifier(text: str) -> str:
    """Strip what makes an address of an account identifier; regions and `privatelink` stay, as they choose the host.

    Raises SettingsError for what cannot be an account, and for an address in .cn whose account names no region of
    China: the connector would look for it in .com.
    https://docs.snowflake.com/en/user-guide/admin-account-identifier
    """
    address = _ACCOUNT.fullmatch(text.strip())
    account = address["account"] if address else ""
    # Snowflake's web pages are no account, nor is an address within an address.
    if address is None or account.lower().endswith((".com", ".cn")):
        expected = "an account identifier, such as myorg-myaccount or ab12345.eu-central-1,"
        raise wrong_value("SNOWFLAKE_ACCOUNT", text, expected)
    if (address["domain"] or "").lower() == "cn" and not _CHINESE.match(account):
        expected = "for an account in China, the locator with its region, such as ab12345.cn-northwest-1,"
        raise wrong_value("SNOWFLAKE_ACCOUNT", text, expected)
    return account


def is_identifier(text: str) -> bool:
    """Whether a text is an unquoted identifier: https://docs.snowflake.com/en/sql-reference/identifiers-syntax."""
    return bool(_IDENTIFIER.fullmatch(text))


def identifier(variable: str, text: str) -> str:
    """Check that a text is an unquoted identifier; anything else could end up in a statement. Raises SettingsError."""
    if not is_identifier(text):
        expected = "a name of at most 255 letters, digits, _ and $ that starts with a letter or _"
        raise wrong_value(variable, text, expected)
    return text
