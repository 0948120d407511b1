"""The endpoints: parameters in, a body out.

Here: reading parameters of both dialects, looking accounts up, and the refusals inside a body of HTTP 200.
Not here: HTTP headers and limits (`limits`), the rules of pages (`paging`). Source: captured responses and
the table of body codes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tiktok_insights.local.fake_api import dialect_app, dialect_web
from tiktok_insights.local.fake_api.accounts import Account, Dialect, Direction
from tiktok_insights.local.fake_api.faults.fault import Asked
from tiktok_insights.local.fake_api.paging import LARGEST_PAGE, page_number, page_of
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.state import State

Body = dict[str, Any]
Endpoint = Callable[[World, State, Mapping[str, str]], Body]

BAD_PARAMETER = 10201
NO_SUCH_USER = 10202
BAD_PARAMETER_APP = 10011

_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_POSITIVE = re.compile(r"0*[1-9][0-9]{0,17}")
_ID = re.compile(r"[0-9]{1,20}")


class BadParameterError(Exception):
    """A parameter is missing or not of its type; the message names it."""


class NoSuchUserError(Exception):
    """No account has the handle, id or secure id asked for."""


def user_info(world: World, state: State, parameters: Mapping[str, str]) -> Body:
    """Answer `/api/user/info?uniqueId=`: resolves a handle."""
    return _profile(world, state, _account_of_handle(world, parameters))


def user_info_by_id(world: World, state: State, parameters: Mapping[str, str]) -> Body:
    """Answer `/api/user/info-by-id?userId=` or `?secUid=`."""
    return _profile(world, state, _account(world, parameters))


def followers(world: World, state: State, parameters: Mapping[str, str]) -> Body:
    """Answer `/api/user/followers`: one page."""
    return _list_page(world, state, parameters, Direction.FOLLOWERS)


def followings(world: World, state: State, parameters: Mapping[str, str]) -> Body:
    """Answer `/api/user/followings`: one page, of the same shape."""
    return _list_page(world, state, parameters, Direction.FOLLOWINGS)


LISTS = {"/api/user/followers": Direction.FOLLOWERS, "/api/user/followings": Direction.FOLLOWINGS}
ENDPOINTS: dict[str, Endpoint] = {
    "/api/user/info": user_info,
    "/api/user/info-by-id": user_info_by_id,
    "/api/user/followers": followers,
    "/api/user/followings": followings,
}


def answer(endpoint: Endpoint, world: World, state: State, parameters: Mapping[str, str]) -> Body:
    """Return the endpoint's body, or the documented body of its refusal in the WEB dialect."""
    try:
        return endpoint(world, state, parameters)
    except BadParameterError as error:
        return dialect_web.error_body(BAD_PARAMETER, f"Invalid parameters: {error}", at=state.clock, read=state.served)
    except NoSuchUserError:
        return dialect_web.error_body(NO_SUCH_USER, "user doesn't exist", at=state.clock, read=state.served)


def asked_by(path: str, world: World, state: State, parameters: Mapping[str, str]) -> Asked | None:
    """Return whom and which page a request is about; None where its honest answer is a refusal."""
    try:
        by_handle = path == "/api/user/info"
        account = (_account_of_handle if by_handle else _account)(world, parameters)
        page = 0
        if path in LISTS:
            count, cursor = _extent(parameters, account.dialect)
            page = page_number(world, account, LISTS[path], cursor=cursor, count=count, at=state.clock)
    except (BadParameterError, NoSuchUserError):
        return None
    return Asked(path=path, handle=account.handle, page=page, own=world.fault(account, state.clock))


def _profile(world: World, state: State, account: Account) -> Body:
    """Return the body that describes an account; it has the WEB form in both dialects."""
    state.served_by_account[account.handle] += 1
    person = world.profile(account, state.clock)
    return dialect_web.user_info_body(person, account, at=state.clock, read=state.served)


def _list_page(world: World, state: State, parameters: Mapping[str, str], direction: Direction) -> Body:
    """Return one page in the dialect that the account answers in."""
    account = _account(world, parameters)
    state.served_by_account[account.handle] += 1
    try:
        count, cursor = _extent(parameters, account.dialect)
    except BadParameterError as error:
        if account.dialect is not Dialect.APP:
            raise
        return dialect_app.error_body(BAD_PARAMETER_APP, f"Invalid parameters: {error}")
    page = page_of(world, account, direction, cursor=cursor, count=count, at=state.clock)
    in_app = account.dialect is Dialect.APP or (account.dialect is Dialect.ALTERNATING and page.number % 2 == 1)
    render = dialect_app.page_body if in_app else dialect_web.page_body
    return render(page, account, at=state.clock, read=state.served)


def _account_of_handle(world: World, parameters: Mapping[str, str]) -> Account:
    """Return the account that `uniqueId` names."""
    handle = parameters.get("uniqueId")
    if not handle:
        raise BadParameterError("uniqueId")
    account = world.directory.by_handle(handle)
    if account is None:
        raise NoSuchUserError
    return account


def _account(world: World, parameters: Mapping[str, str]) -> Account:
    """Return the account that `secUid` or else `userId` names."""
    if sec_uid := parameters.get("secUid"):
        account = world.directory.by_sec_uid(sec_uid)
    elif parameters.get("userId"):
        account = world.directory.by_id(_number(parameters, "userId", 0, _ID))
    else:
        raise BadParameterError("secUid")
    if account is None:
        raise NoSuchUserError
    return account


def _extent(parameters: Mapping[str, str], dialect: Dialect) -> tuple[int, int]:
    """Return how many rows are asked for, and the cursor."""
    return _number(parameters, "count", LARGEST_PAGE, _POSITIVE), _cursor(parameters, dialect)


def _cursor(parameters: Mapping[str, str], dialect: Dialect) -> int:
    """Return the cursor in unix seconds: the dialect's own parameter, or the other's if that is 0.

    A client that serves both dialects sends both; `maxCursor` must be a number and changes nothing.
    """
    _number(parameters, "maxCursor", 0)
    web, app = _number(parameters, "minCursor", 0), _number(parameters, "max_time", 0)
    return app or web if dialect is Dialect.APP else web or app


def _number(parameters: Mapping[str, str], name: str, default: int, form: re.Pattern[str] = _WHOLE_NUMBER) -> int:
    """Return a parameter as a whole number; the default where it is absent or empty."""
    text = parameters.get(name) or str(default)
    if not form.fullmatch(text):
        raise BadParameterError(name)
    return int(text)
