"""The manifests in the bucket: which batches were begun. What is in one belongs in `exchange`."""

import logging
from collections.abc import Iterator, Sequence

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import BegunBatch
from tiktok_insights.staging.glue.exchange import MANIFEST_PREFIX, Manifest, manifest_key

_JSON = "application/json"


class Manifests:
    """The manifests of one bucket."""

    def __init__(self, store: ObjectStore, log: logging.Logger) -> None:
        self._store = store
        self._log = log

    def any(self) -> bool:
        """Whether there is one, which costs one request."""
        return any(True for _ in self._store.list(MANIFEST_PREFIX))

    def write(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> bool:
        """Write a batch's manifest, unless it has one; say whether it was written."""
        manifest = Manifest.of(batch_id, tuple(items), contents)
        return self._store.put_once(manifest_key(batch_id), manifest.to_json(), _JSON)

    def delete(self, batch_id: str) -> None:
        """Delete a batch's manifest."""
        self._store.delete(manifest_key(batch_id))

    def begun(self) -> Iterator[BegunBatch]:
        """The batches that were begun, the oldest first; of a manifest that cannot be read, one without objects."""
        for info in self._store.list(MANIFEST_PREFIX):
            batch_id = info.key.removeprefix(MANIFEST_PREFIX).removesuffix(".json")
            try:
                manifest = Manifest.from_json(self._store.get(info.key).body)
            except ObjectMissingError:
                continue
            except ValueError:
                self._log.warning("%s is not a manifest of this version. It is deleted.", self._store.uri(info.key))
                yield BegunBatch(batch_id, ())
            else:
                yield BegunBatch(batch_id, manifest.objects)
