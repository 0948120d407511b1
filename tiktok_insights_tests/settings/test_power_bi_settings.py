"""What the environment says of Power BI: IDs are checked, and the secret goes to no one else."""

import dataclasses

import pytest

from tiktok_insights.resources.opening import open_power_bi
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.fake_power_bi import CLIENT, SECRET, TENANT, WORKSPACE
from tiktok_insights_tests.support.troubleshooting import told

_AWS = {
    "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
    "AZURE_POWERBI_TENANT_ID": TENANT,
    "AZURE_POWERBI_CLIENT_ID": CLIENT,
    "AZURE_POWERBI_CLIENT_SECRET": SECRET,
    "AZURE_POWERBI_WORKSPACE_ID": WORKSPACE,
}


def test_aws_has_the_public_service() -> None:
    """With the project's own model, and an hour for its refresh."""
    settings = read_settings(_AWS).power_bi
    assert settings.is_configured
    assert settings.api_url == "https://api.powerbi.com/v1.0/myorg"
    assert settings.login_url == "https://login.microsoftonline.com"
    assert (settings.semantic_model, settings.refresh_minutes) == ("TikTokInsights", 60.0)


def test_local_has_no_service_and_is_not_shown_the_secret() -> None:
    """Unless it names one."""
    variables = _AWS | {"TIKTOK_INSIGHTS_DEPLOYMENT": "local"}
    settings = read_settings(variables).power_bi
    assert (settings.is_configured, settings.api_url, settings.client_secret) == (False, "", "")
    with told("A refresh in Power BI needs", "AZURE_POWERBI_CLIENT_SECRET"):
        open_power_bi(settings)
    with told("AZURE_POWERBI_API_URL is not set."):
        open_power_bi(dataclasses.replace(settings, client_secret=SECRET))
    assert read_settings(variables | {"AZURE_POWERBI_API_URL": "http://127.0.0.1:1/myorg"}).power_bi.is_configured


def test_what_is_missing_is_named() -> None:
    """In the order of the documents; nothing is raised, since a run without Power BI is a good run."""
    assert read_settings({}).power_bi.missing == tuple(name for name in _AWS if name.startswith("AZURE_"))
    assert read_settings(_AWS).power_bi.missing == ()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CLIENT_ID", "my-app", "an ID such as"),
        ("WORKSPACE_ID", f"{WORKSPACE}/../x", "an ID such as"),
        ("TENANT_ID", "contoso", "a domain such as"),
        ("TENANT_ID", "evil.example/x", "a domain such as"),
        ("API_URL", "http://api.powerbi.com", "https"),
        ("LOGIN_URL", "http://127.0.0.1.evil.example", "https"),
        ("LOGIN_URL", "http://127.0.0.1@evil.example", "a URL such as"),
        ("API_URL", "HTTP://api.powerbi.com", "https"),
        ("API_URL", "ftp://127.0.0.1", "a URL such as"),
        ("API_URL", "api.powerbi.com", "a URL such as"),
        ("API_URL", "https://[x", "a URL such as"),
        ("API_URL", "https://api.powerbi.com/v1.0/myorg?x=1", "a URL such as"),
        ("API_URL", "https://api.powerbi.com/#v1.0", "a URL such as"),
        ("API_URL", "https://api.powerbi.com:99999", "a URL such as"),
        ("LOGIN_URL", "https://login.micro soft.com", "a URL such as"),
        ("LOGIN_URL", "http://127.0.0.1\\.evil.example", "a URL such as"),
        ("REFRESH_MINUTES", "0", "greater than 0"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, expected: str) -> None:
    """Most of all one that would send the secret elsewhere, or in the clear."""
    with told("<variable> is <value>, but", f"AZURE_POWERBI_{name}", expected):
        read_settings(_AWS | {f"AZURE_POWERBI_{name}": value})


@pytest.mark.parametrize("tenant", [TENANT, TENANT.upper(), "contoso.onmicrosoft.com", "my-company.co.uk"])
def test_a_tenant_is_an_id_or_a_domain(tenant: str) -> None:
    """Both are accepted by Microsoft's sign-in."""
    assert read_settings(_AWS | {"AZURE_POWERBI_TENANT_ID": tenant}).power_bi.tenant_id == tenant


def test_the_secret_shows_in_no_representation() -> None:
    """Of the settings."""
    assert SECRET not in repr(read_settings(_AWS))
