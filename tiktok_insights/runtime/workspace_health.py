"""Whether Dagster's webserver answers, and has loaded the definitions: what a container's health check asks.

The health check of a code server's own protocol does not tell: it is green while the definitions cannot be loaded.
"""

from typing import Any

import requests

from tiktok_insights.clients.http_session import http_session

_QUESTION = """
{
  workspaceOrError {
    __typename
    ... on PythonError { message }
    ... on Workspace {
      locationEntries { name loadStatus locationOrLoadError { __typename ... on PythonError { message } } }
    }
  }
}
"""
_TIMEOUT_SECONDS = 10.0


class UnhealthyWorkspaceError(RuntimeError):
    """Dagster does not answer, or cannot load the definitions. The message says which, and what to look at."""


def require_healthy_workspace(url: str) -> None:
    """Ask the webserver at this URL. Raises UnhealthyWorkspaceError."""
    try:
        response = http_session(url).post(
            f"{url}/graphql", json={"query": _QUESTION}, timeout=_TIMEOUT_SECONDS, allow_redirects=False
        )
        workspace = response.json()["data"]["workspaceOrError"]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        msg = f"Dagster's webserver at {url} does not answer ({type(error).__name__}). Look at the webserver's log."
        raise UnhealthyWorkspaceError(msg) from None
    entries = workspace.get("locationEntries", [])
    wrong = [_what_is_wrong(entry) for entry in entries] if "message" not in workspace else [workspace["message"]]
    if not entries or any(wrong):
        why = "; ".join(filter(None, wrong)) or "it has no code location"
        msg = f"Dagster's webserver at {url} cannot load the definitions: {why}. Look at the code server's log."
        raise UnhealthyWorkspaceError(msg)


def _what_is_wrong(entry: dict[str, Any]) -> str:
    location = entry["locationOrLoadError"] or {}
    if location.get("__typename") == "PythonError":
        return " ".join(location["message"].split())
    return "" if entry["loadStatus"] == "LOADED" else f"{entry['name']} is still loading"
