"""Where the state of alerts is kept: one object in the bucket, which all machines change one after the other.

While the bucket does not answer (perhaps that is what the alert is about), a file on this machine takes its place; the
next change of the object takes that in. What the state means belongs in `state`.
"""

import json
import logging
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.alerts.state import AlertState
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectMissingError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, ObjectUnavailableError

_Given = TypeVar("_Given")

STATE_KEY = "alerts/state.json"
_JSON = "application/json"
#: So often a change is made again because another machine was faster.
_ATTEMPTS = 8
#: What a bucket says that cannot be used now.
_NO_BUCKET = (ClientError, BotoCoreError, ObjectUnavailableError, ObjectNotWritableError)


class AlertMemory:
    """The state of alerts in the bucket; `folder` is this machine's, for when there is none."""

    def __init__(self, open_store: Callable[[], ObjectStore], folder: Path, log: logging.Logger) -> None:
        self._open_store = open_store
        self._file = folder / "alerts.json"
        self._log = log

    def update(self, change: Callable[[AlertState], _Given]) -> _Given:
        """Change the state so that no other machine's change is lost; give what `change` gives.

        `change` may be called several times, each time with the newest state.
        """
        try:
            return self._update_bucket(self._open_store(), change)
        except _NO_BUCKET as error:
            self._log.warning("The bucket does not keep alerts (%s); this machine does for now.", type(error).__name__)
        is_unsynced, state = self._read_file()
        document = state.document()
        given = change(state)
        if not is_unsynced or state.document() != document:
            self._write_file(state, is_unsynced=True)
        return given

    def _update_bucket(self, store: ObjectStore, change: Callable[[AlertState], _Given]) -> _Given:
        for attempt in range(1, _ATTEMPTS + 1):
            state, version = self._read_bucket(store)
            before = state.document() if version else None
            is_unsynced, local = self._read_file()
            if is_unsynced:
                state.merge(local)
            given = change(state)
            document = state.document()
            try:
                if document == before or _write_bucket(store, version, document):
                    if is_unsynced or document != before:
                        self._write_file(state, is_unsynced=False)
                    return given
            except ObjectChangedError:
                if attempt == _ATTEMPTS:
                    raise
        raise ObjectChangedError(f"{store.uri(STATE_KEY)} was replaced or deleted after it was listed. Run again.")

    def _read_bucket(self, store: ObjectStore) -> tuple[AlertState, ObjectInfo | None]:
        try:
            stored = store.get(STATE_KEY)
        except ObjectMissingError:
            return AlertState(), None
        info = ObjectInfo(STATE_KEY, stored.etag, len(stored.body), datetime.now(UTC))
        try:
            return AlertState.of(json.loads(stored.body)), info
        except (ValueError, KeyError, TypeError, AttributeError):
            self._log.warning("%s cannot be read, and is made again.", store.uri(STATE_KEY))
            return AlertState(), info

    def _read_file(self) -> tuple[bool, AlertState]:
        """Whether the file knows something that the bucket does not, and the state in it."""
        try:
            document = json.loads(self._file.read_bytes())
            return bool(document["is_unsynced"]), AlertState.of(document["state"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False, AlertState()

    def _write_file(self, state: AlertState, *, is_unsynced: bool) -> None:
        text = json.dumps({"is_unsynced": is_unsynced, "state": state.document()})
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=f"{self._file.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(self._file)


def _write_bucket(store: ObjectStore, version: ObjectInfo | None, document: object) -> bool:
    body = json.dumps(document, indent=1).encode()
    if version is None:
        return store.put_once(STATE_KEY, body, _JSON)
    store.replace(version, BytesIO(body), _JSON)
    return True
