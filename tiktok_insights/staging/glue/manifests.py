"""The manifests in the bucket: which batches were begun. What is in one belongs in `exchange`."""

import logging
from collections.abc import Iterator, Sequence

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import BegunBatch
from tiktok_insights.staging.glue.exchange import Manifest, manifest_folder, manifest_key
from tiktok_insights.tables.namespace import Namespace

_JSON = "application/json"


class Manifests:
    """The manifests in one bucket of what is loaded into one namespace."""

    def __init__(self, store: ObjectStore, namespace: Namespace, log: logging.Logger) -> None:
        self._store = store
        self._namespace = namespace
        self._log = log

    def any(self) -> bool:
        """Whether there is one, which costs one request."""
        return any(True for _ in self._store.list(manifest_folder(self._namespace)))

    def write(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> bool:
        """Write a batch's manifest, unless it has one; say whether it was written."""
        manifest = Manifest.of(batch_id, tuple(items), contents)
        return self._store.put_once(manifest_key(self._namespace, batch_id), manifest.to_json(), _JSON)

    def delete(self, batch_id: str) -> None:
        """Delete a batch's manifest."""
        self._store.delete(manifest_key(self._namespace, batch_id))

    def begun(self) -> Iterator[BegunBatch]:
        """The batches that were begun, the oldest first; of a manifest that cannot be read, one without objects."""
        folder = manifest_folder(self._namespace)
        for info in self._store.list(folder):
            batch_id = info.key.removeprefix(folder).removesuffix(".json")
            try:
                manifest = Manifest.from_json(self._store.get(info.key).body)
            except ObjectMissingError:
                continue
            except ValueError:
                self._log.warning("%s is not a manifest of this version. It is deleted.", self._store.uri(info.key))
                yield BegunBatch(batch_id, ())
            else:
                yield BegunBatch(batch_id, manifest.objects)
