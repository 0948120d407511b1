"""Clients of the local stack that read nothing of the machine: no proxy, no profile, no configuration file.

The stack is on this machine, and needs none of them. Where the stack listens is in `local_stack`. Importing this module
loads both clients, so that is left to the functions that open one.
"""

import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from snowflake.connector import SnowflakeConnection
from snowflake.connector.config_manager import CONFIG_MANAGER
from snowflake.connector.session_manager import SessionManager

_NOWHERE = Path(os.devnull) / "none"
_AWS_LOCK = threading.Lock()


def local_aws_client(service: str, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Make a client of boto3 from these arguments and from the defaults of boto3, and from nothing else.

    `options` are those of botocore's Config.
    """
    from botocore.config import Config

    # boto3's sessions are not made for threads; their clients are.
    with _AWS_LOCK:
        return _aws_session().client(service, **{"verify": True, **arguments}, config=Config(proxies={}, **options))


@cache
def _aws_session() -> Any:
    """The one session of this process: each reads the descriptions of all services again, which takes 0.1 s.

    Each setting of botocore is known under the name of a variable and of a line in a file. Here it has neither.
    """
    import boto3

    defaults = botocore.session.Session.SESSION_VARIABLES.items()
    unnamed = {name: (None, None, default, convert) for name, (_, _, default, convert) in defaults}
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    # The section of S3 has variables of its own.
    session = botocore.session.Session({**unnamed, **files, "s3": (None, None, {}, None)})
    return boto3.Session(botocore_session=session)


class _DirectSessions(SessionManager):
    """The connector's HTTP sessions, without the proxies of the environment."""

    def make_session(self, *, url: str | None = None) -> Any:
        """Make a session that asks the server itself."""
        session = super().make_session(url=url)
        session.trust_env = False
        return session


class LocalConnection(SnowflakeConnection):
    """A connection that reads no file below SNOWFLAKE_HOME, and asks no proxy.

    The connector has no parameters for that: it reads its files for every connection, whatever it is given, and prefers
    the environment's proxies to those of its parameters.
    """

    _direct_sessions: SessionManager | None = None

    def __init__(self, **arguments: Any) -> None:
        CONFIG_MANAGER.file_path = _NOWHERE
        CONFIG_MANAGER._slices.clear()
        super().__init__(**arguments)

    @property
    def _session_manager(self) -> SessionManager | None:
        return self._direct_sessions

    @_session_manager.setter
    def _session_manager(self, manager: SessionManager | None) -> None:
        self._direct_sessions = manager and _DirectSessions.from_config(manager.config)
