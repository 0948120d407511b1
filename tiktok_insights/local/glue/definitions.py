"""What moto keeps of Glue's definitions, and the calls about them that it lacks or answers in part.

moto cannot update a job or a connection, leaves out a connection's type, and updates a table whatever version is asked
for. Only this module knows its classes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from inspect import signature
from typing import TYPE_CHECKING, Any

from moto import backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from tiktok_insights.local.glue.errors import GlueAnswerError
from tiktok_insights.local.glue.middleware import Action

if TYPE_CHECKING:
    from moto.glue.models import FakeConnection, FakeCrawler, FakeJob, GlueBackend

_PASSWORDS = frozenset({"PASSWORD", "ENCRYPTED_PASSWORD"})


def backend(region: str) -> "GlueBackend":
    """What moto has of a region."""
    return backends.get_backend("glue")[DEFAULT_ACCOUNT_ID][region]


def find_job(region: str, name: str) -> "FakeJob | None":
    """A job's definition."""
    return backend(region).jobs.get(name)


def find_crawler(region: str, name: str) -> "FakeCrawler | None":
    """A crawler's definition."""
    return backend(region).crawlers.get(name)


def moment(naive: datetime) -> float:
    """A moment of moto's, which are in UTC and do not say so, in seconds since the epoch."""
    return naive.replace(tzinfo=UTC).timestamp()


def definition_actions() -> dict[str, Action]:
    """The actions that are answered here instead of by moto."""
    return {
        "UpdateTable": _update_table,
        "UpdateJob": _update_job,
        "GetConnection": _get_connection,
        "UpdateConnection": _update_connection,
        "DeleteConnection": _delete_connection,
    }


def _update_table(region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Replace a table's definition; only if it has the version that is asked for, if one is."""
    from moto.glue.exceptions import GlueClientError

    glue, name = backend(region), asked["TableInput"]["Name"]
    try:
        version = glue.get_table(asked["DatabaseName"], name).as_dict()["VersionId"]
    except GlueClientError as error:
        raise GlueAnswerError(error.error_type, error.message) from error
    if asked.get("VersionId", version) != version:
        raise GlueAnswerError("ConcurrentModificationException", f"Table {name} has another version.")
    glue.update_table(asked["DatabaseName"], name, asked["TableInput"])
    return {}


def _update_job(region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Replace a definition: as in Glue, what the update leaves out goes back to its default."""
    glue, name = backend(region), asked["JobName"]
    before = find_job(region, name)
    if before is None:
        raise GlueAnswerError("EntityNotFoundException", f"Job {name} not found.")
    given = {_snake(key): value for key, value in asked["JobUpdate"].items()}
    names = signature(glue.create_job).parameters
    glue.create_job(**{**dict.fromkeys(names), **{key: given[key] for key in given if key in names}, "name": name})
    glue.jobs[name].created_on = before.created_on
    return {"JobName": name}


def _get_connection(region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    connection = _connection(region, asked["Name"])
    told = dict(connection.connection_input)
    if asked.get("HidePassword"):
        properties = told.get("ConnectionProperties", {})
        told["ConnectionProperties"] = {key: value for key, value in properties.items() if key not in _PASSWORDS}
    times = {"CreationTime": connection.created_time, "LastUpdatedTime": connection.updated_time}
    return {"Connection": {**told, **times, "Status": connection.status}}


def _update_connection(region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    from moto.glue.models import FakeConnection

    before = _connection(region, asked["Name"])
    glue, changed = backend(region), {**asked["ConnectionInput"], "Name": asked["Name"]}
    after = FakeConnection(glue, before.catalog_id, changed, {})
    after.created_time = before.created_time
    glue.connections[asked["Name"]] = after
    return {}


def _delete_connection(region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    _connection(region, asked["ConnectionName"])
    del backend(region).connections[asked["ConnectionName"]]
    return {}


def _connection(region: str, name: str) -> "FakeConnection":
    connection = backend(region).connections.get(name)
    if connection is None:
        raise GlueAnswerError("EntityNotFoundException", f"Connection {name} not found.")
    return connection


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()
