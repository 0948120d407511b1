"""Signs in as a service principal: a token for the REST API from the client's secret.

Facts: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import re
from typing import Any

import requests

from tiktok_insights.clients.http_session import http_session, retry_after
from tiktok_insights.powerbi.service.errors import LostReplyError, ServiceBusyError, SignInError
from tiktok_insights.settings.power_bi_settings import PowerBISettings

_SCOPE = "https://analysis.windows.net/powerbi/api/.default"
#: Entra's own number of an error; its text has IDs and times, and is long.
_CODE = re.compile(r"AADSTS\d+")
_REMEDIES = {
    "AADSTS7000215": "Set AZURE_POWERBI_CLIENT_SECRET to the secret's value, not its ID",
    "AADSTS7000222": "The client secret has expired: create another one, and set AZURE_POWERBI_CLIENT_SECRET",
    "AADSTS700016": "Check AZURE_POWERBI_CLIENT_ID and AZURE_POWERBI_TENANT_ID",
    "AADSTS90002": "Check AZURE_POWERBI_TENANT_ID",
}
_OTHER = "Check AZURE_POWERBI_TENANT_ID, AZURE_POWERBI_CLIENT_ID and AZURE_POWERBI_CLIENT_SECRET"


class TokenSource:
    """Asks for tokens, each of which is used until the service no longer accepts it."""

    def __init__(self, settings: PowerBISettings, timeout: tuple[float, float]) -> None:
        self._settings = settings
        self._timeout = timeout
        self._session = http_session(settings.login_url)
        self._token = ""

    def token(self) -> str:
        """Give the token, which is asked for if there is none. Raises SignInError, and what `renew` raises."""
        return self._token or self.renew()

    def renew(self) -> str:
        """Ask for another token. Raises SignInError, ServiceBusyError and LostReplyError."""
        settings = self._settings
        where = f"{settings.login_url.rstrip('/')}/{settings.tenant_id}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "scope": _SCOPE,
        }
        try:
            reply = self._session.post(where, data=form, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            # The exception's own text may hold the request.
            where = f"{where} ({type(error).__name__})"
            msg = f"Microsoft Entra did not respond: {where}. Check the network and AZURE_POWERBI_LOGIN_URL."
            raise LostReplyError(msg) from None
        if reply.status_code == 429:
            raise ServiceBusyError(f"{where} takes no more requests now. Run again later.", retry_after(reply.headers))
        if reply.status_code >= 500:
            raise LostReplyError(f"{where} returned {reply.status_code}. Microsoft has a problem. Run again later.")
        document = _document(reply)
        if reply.status_code != 200 or not isinstance(document.get("access_token"), str):
            raise _refused(reply.status_code, document)
        self._token = document["access_token"]
        return self._token


def _document(reply: requests.Response) -> dict[str, Any]:
    try:
        document = reply.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _refused(status: int, document: dict[str, Any]) -> SignInError:
    """Build the error from Entra's number alone: its text may repeat what was sent."""
    found = _CODE.search(str(document.get("error_description", "")))
    code = found[0] if found else f"HTTP {status}"
    return SignInError(
        f"Microsoft Entra does not sign in the service principal ({code}). {_REMEDIES.get(code, _OTHER)}."
    )
