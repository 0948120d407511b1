"""The words of the documented refusals, which an honest API and a fault say alike.

Source: captured responses and RapidAPI's docs; texts marked "inferred" are not in them.
"""

INVALID_KEY = "Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info."
DISABLED = "This endpoint is disabled for your subscription"
NOT_SUBSCRIBED = "You are not subscribed to this API."
NO_API = "API doesn't exists"  # inferred
BURST = "You have exceeded the rate limit per second for your plan, BASIC, by the API provider"
TOO_MANY = "Too many requests"
UNREACHABLE = "The API is unreachable, please contact the API provider"
UNREACHABLE_INFO = "Your Client (working) ---> Gateway (working) ---> API (not working)"


def quota_spent(period: str) -> str:
    """Return the refusal when no request is left; `period` is MONTHLY or DAILY."""
    return (
        f"You have exceeded the {period} quota for Requests on your current plan, BASIC. "
        "Upgrade your plan at https://rapidapi.example/tiktok-api23"
    )


def no_endpoint(path: str) -> str:
    """Return the refusal of a path that the API does not have (inferred)."""
    return f"Endpoint '{path}' does not exist"
