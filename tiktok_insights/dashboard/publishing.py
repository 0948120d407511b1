"""Where the file goes: to a folder of this machine and to the bucket, in one step each.

A reader finds the file from before or the new one, never half of one. Who may read it there is not decided here.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore

#: The object in the bucket.
DASHBOARD_KEY = "exports/dashboard/index.html"
_CONTENT_TYPE = "text/html; charset=utf-8"


def dashboard_path(home: Path) -> Path:
    """Where the file is on this machine."""
    return home / "dashboard" / "index.html"


def write_page(path: Path, page: str) -> None:
    """Write the page in place of what is there; raises OSError. It holds names, so only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder: a file is replaced in one step only within its file system.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def upload_page(store: ObjectStore, page: str) -> str:
    """Put the page into the bucket, and say where it is. A PUT replaces an object in one step."""
    store.put(DASHBOARD_KEY, page.encode(), _CONTENT_TYPE)
    return store.uri(DASHBOARD_KEY)
