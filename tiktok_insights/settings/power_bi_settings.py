"""The settings that open the Power BI service. Those of other clients belong in `client_settings`."""

from dataclasses import dataclass, field

from tiktok_insights.settings.client_settings import VARIABLE
from tiktok_insights.settings.power_bi_names import guid, service_url, tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerBISettings:
    """Who signs in to the Power BI service, and which semantic model is refreshed there.

    Without an `api_url` there is no service. `refresh_minutes` is how long a refresh may take. Raises SettingsError for
    a value that cannot be one; what is missing is no error: nothing is refreshed then.
    """

    api_url: str = ""
    login_url: str
    tenant_id: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False, metadata={VARIABLE: "AZURE_POWERBI_CLIENT_SECRET"})
    workspace_id: str = ""
    semantic_model: str
    refresh_minutes: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what would send the secret to a wrong place: the IDs are parts of URLs."""
        for variable, url in (("AZURE_POWERBI_API_URL", self.api_url), ("AZURE_POWERBI_LOGIN_URL", self.login_url)):
            if url:
                service_url(variable, url)
        if self.tenant_id:
            tenant("AZURE_POWERBI_TENANT_ID", self.tenant_id)
        for variable, value in (
            ("AZURE_POWERBI_CLIENT_ID", self.client_id),
            ("AZURE_POWERBI_WORKSPACE_ID", self.workspace_id),
        ):
            if value:
                guid(variable, value)

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that are needed for a refresh, and are not set."""
        needed = {
            "AZURE_POWERBI_TENANT_ID": self.tenant_id,
            "AZURE_POWERBI_CLIENT_ID": self.client_id,
            "AZURE_POWERBI_CLIENT_SECRET": self.client_secret,
            "AZURE_POWERBI_WORKSPACE_ID": self.workspace_id,
        }
        return tuple(name for name, value in needed.items() if not value)

    @property
    def is_configured(self) -> bool:
        """Whether there is a service, and all that signs in there."""
        return bool(self.api_url) and not self.missing
