"""How the tests of faults ask: one page of an account by its number, with a fault or without.

Here: requests and their expected honest rows. Not here: any code of the package of faults.
"""

from typing import Any

import requests

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights_tests.support.served import JSON, Api

FOLLOWERS = "/api/user/followers"
FOLLOWINGS = "/api/user/followings"
INFO = "/api/user/info"
WORLD = World()
PAGE = 30


def ask_page(api: Api, handle: str, number: int = 1, path: str = FOLLOWERS) -> requests.Response:
    """Ask for one page of an account without filtered slots, at the start of virtual time; 0 is the look-up."""
    if number == 0:
        return api.ask(INFO, uniqueId=handle)
    account = WORLD.account(handle)
    cursor = WORLD.follows(account).followed_at(PAGE * (number - 1) - 1) if number > 1 else 0
    return api.ask(path, secUid=account.sec_uid, minCursor=cursor, max_time=cursor)


def ask_struck(api: Api, handle: str, kind: str, number: int = 1, **fields: Any) -> requests.Response:
    """Ask for one page while a posted fault of this kind strikes it."""
    api.post_faults({"kind": kind, "account": handle, "page": number, **fields})
    response = ask_page(api, handle, number)
    status = api.clear_faults()
    assert status["faults"] == {"posted": [], "struck": {}}
    return response


def fields_of(body: JSON) -> JSON:
    """Return a page's fields, bare or inside `data`."""
    fields: JSON = body.get("data", body)
    return fields


def without_avatars(row: JSON) -> JSON:
    """Return a row without what changes on every read."""
    plain = {name: value for name, value in row.items() if not name.startswith("avatar")}
    if "user" in plain:
        plain["user"] = {name: value for name, value in row["user"].items() if not name.startswith("avatar")}
    return plain


def listed_ids(handle: str, at: int = VIRTUAL_START) -> list[str]:
    """Return the ids that a fault-free walk gives."""
    return [person.tiktok_id for person in WORLD.listed(WORLD.account(handle), at)]
