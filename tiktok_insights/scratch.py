"""Folders for files that nobody needs afterwards, and an end to those of processes that were killed.

The files have rows of people, so what a killed process has left must be known as ours.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"tiktok_insights\.(?P<process>[0-9]+)\..+")


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder that is gone when the block ends; its name says which process made it. Those of killed ones go first."""
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"tiktok_insights.{os.getpid()}.") as folder:
        yield folder


def remove_abandoned() -> int:
    """Remove the folders of processes of this machine that have ended, and give how many there were."""
    found = [(path, _NAME.fullmatch(path.name)) for path in Path(tempfile.gettempdir()).iterdir()]
    abandoned = [path for path, name in found if name and not _is_alive(int(name["process"]))]
    for path in abandoned:
        shutil.rmtree(path, ignore_errors=True)
    return len(abandoned)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # someone else's
    return True
