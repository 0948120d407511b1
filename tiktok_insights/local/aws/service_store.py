"""The small AWS services on disk: all that a service holds is one file per account and region, replaced in one step.

Right for what holds little and changes seldom. S3 has its own store; a service whose state is large, or holds threads
or sockets, does not belong here.
"""

import pickle
import threading
from pathlib import Path

from moto import backends
from moto.core.base_backend import BackendDict

from tiktok_insights.local.state_files import load_file, replace_file

SERVICES = ("glue", "secretsmanager")


class ServiceStore:
    """The services in `SERVICES` on disk, below `folder`, which is trusted: it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks = {service: threading.RLock() for service in SERVICES}

    def __contains__(self, service: str) -> bool:
        return service in self._locks

    def lock(self, service: str) -> threading.RLock:
        """To hold while the service changes and is saved, so that files and memory change in the same order."""
        return self._locks[service]

    def save(self, service: str) -> None:
        """Bring the service's files in line with memory."""
        for account, region, backend in _backends(service).iter_backends():
            replace_file(self._folder / service / f"{account}.{region}.pickle", pickle.dumps(vars(backend)))

    def restore(self) -> None:
        """Bring memory in line with the files."""
        for service in SERVICES:
            folder = self._folder / service
            for path in sorted(folder.iterdir()) if folder.exists() else []:
                if path.suffix == ".tmp":
                    path.unlink()
                elif path.suffix == ".pickle" and isinstance(state := load_file(path), dict):
                    account, region = path.stem.split(".")
                    vars(_backends(service)[account][region]).update(state)


def _backends(service: str) -> BackendDict:  # type: ignore[type-arg]  # one backend class per service, known to moto only
    return backends.get_backend(service)  # type: ignore[call-overload,no-any-return]
