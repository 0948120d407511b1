"""The account and the identifiers: what people copy comes to the host that they mean, the rest is refused in words."""

import pytest
from snowflake.connector.util_text import construct_hostname

from tiktok_insights.settings.snowflake_names import account_identifier, identifier
from tiktok_insights_tests.support.troubleshooting import told

_ACCOUNTS = [
    "myorg-acc",
    "myorg-my_acc",
    "MYORG-ACC",
    "ab12345",
    "ab12345.us-east-2.aws",
    "ab12345.eu-central-1",
    "ab12345.west-europe.azure",
    "ab12345.us-gov-west-1.aws",
    "myorg-acc.privatelink",
    "ab12345.us-east-1.privatelink",
    "ab12345.cn-northwest-1",
    "ab12345.cn-northwest-1.privatelink",
    "acc-1234.global",
]
_ADDRESSES = [
    "{host}",
    "https://{host}",
    "https://{host}/",
    "HTTPS://{host}//",
    "http://{host}",
    "https://{host}:443",
    "https://{host}/console/login#/",
    " {host}\n",
]


@pytest.mark.parametrize("account", _ACCOUNTS)
def test_an_account_is_left_as_it_is(account: str) -> None:
    """Organization and name, a locator with region and cloud, a private link; only an address round it goes."""
    assert account_identifier(account) == account
    assert account_identifier(f"https://{account}/") == account


@pytest.mark.parametrize("address", _ADDRESSES)
@pytest.mark.parametrize("account", _ACCOUNTS)
def test_an_address_comes_to_the_account_of_that_very_host(account: str, address: str) -> None:
    """The connector makes the host of the account again; with the whole address it would double it."""
    host = construct_hostname(None, account)
    found = account_identifier(address.format(host=host))
    assert (found, construct_hostname(None, found)) == (account, host)


def test_the_end_of_an_address_may_be_in_capitals() -> None:
    """As a browser takes it."""
    assert account_identifier("MYORG-ACC.SnowflakeComputing.COM") == "MYORG-ACC"


@pytest.mark.parametrize(
    "text",
    [
        "my org",
        "'myorg-acc'",
        '"myorg-acc"',
        "myorg/acc",
        "myorg-acc/console",
        "my\\acc",
        "-acc",
        "_acc",
        ".acc",
        "acc.",
        "acc..eu",
        "myorg:acc",
        "user@acc",
        "ännchen",
        "https://",
        "https://app.snowflake.com/myorg/acc/",
        "app.snowflake.com",
        ".snowflakecomputing.com",
        "snowflakecomputing.com",
        "acc.snowflakecomputing.com.snowflakecomputing.com",
        "ftp://myorg-acc",
    ],
)
def test_what_can_be_no_account_is_refused(text: str) -> None:
    """The message shows the text, and what an account looks like."""
    with told(
        "<variable> is <value>, but", f"SNOWFLAKE_ACCOUNT is {text!r}, but an account identifier, such as myorg-"
    ):
        account_identifier(text)


@pytest.mark.parametrize(
    "text", ["myorg-acc.snowflakecomputing.cn", "https://ab12345.privatelink.snowflakecomputing.cn/"]
)
def test_an_account_in_china_needs_its_region(text: str) -> None:
    """Without it the connector makes a host in .com, where there is no such account."""
    with told("<variable> is <value>, but", "SNOWFLAKE_ACCOUNT", "ab12345.cn-northwest-1"):
        account_identifier(text)


@pytest.mark.parametrize("text", ["RAW$DB", "_", "_A$1", "a", "Main", "X" * 255])
def test_an_unquoted_identifier_is_left_as_it_is(text: str) -> None:
    """Dollar signs are letters inside."""
    assert identifier("SNOWFLAKE_DATABASE", text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$DB",
        "1DB",
        "RAW DB",
        '"DB"',
        "DB;",
        "DB.PUBLIC",
        "DB-1",
        "DÄTEN",
        "\uff24\uff22",
        "D\u0301B",
        "DB\n",
        "X" * 256,
    ],
)
def test_what_would_need_quotes_is_refused(text: str) -> None:
    """Names are pasted into statements, so letters of other alphabets are refused, too."""
    with told(
        "<variable> is <value>, but",
        f"SNOWFLAKE_DATABASE is {text!r}, but a name of at most 255 letters, digits, _ and $",
    ):
        identifier("SNOWFLAKE_DATABASE", text)
