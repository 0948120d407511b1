"""Files that hold pickled state: replaced in one step, and read without trusting that the last process ended well."""

import logging
import pickle
import uuid
from pathlib import Path
from typing import Any

_logger = logging.getLogger(__name__)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader, or a start after a crash, finds the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def load_file(path: Path) -> Any:
    """The object stored at `path`; None if there is none, or if it cannot be read, and then it is set aside."""
    try:
        # The folder is the stack's own, 0700, and written by this module alone.
        return pickle.loads(path.read_bytes())  # noqa: S301
    except FileNotFoundError:
        return None
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError) as error:
        aside = path.with_name(f"{path.name}.torn")
        path.replace(aside)
        _logger.warning("%s cannot be read (%s). It was renamed to %s.", path, error, aside.name)
        return None
