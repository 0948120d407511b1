"""What the operating system refuses, in one sentence: where, why, and what to do.

Add a number of `errno` here when a person can do something about it. Errors of ours say such things themselves.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tiktok_insights.settings.environment import Deployment, Settings

_SPACE = "Free some space there"
_RIGHTS = "Get write access to it"
_OCCUPIED = "Move away what is there"
_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _SPACE),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _RIGHTS),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST, errno.EISDIR), _OCCUPIED),
    **dict.fromkeys((errno.ENAMETOOLONG, errno.ELOOP), "Choose another path"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "Allow more open files, with ulimit -n"),
}
#: With less space, no service of the local stack can write.
_LITTLE_BYTES = 4_000_000
#: SQLite's words. It is Dagster that uses it.
_SQLITE = {
    "unable to open database file": _RIGHTS,
    "attempt to write a readonly database": _RIGHTS,
    "database or disk is full": _SPACE,
    "disk I/O error": _SPACE,
    "file is not a database": _OCCUPIED,
    "database disk image is malformed": _OCCUPIED,
}


def require_usable(home: Path) -> None:
    """Raise the OSError of a home that is there and cannot be used: a file, or a folder that is not ours to write."""
    if not home.exists():
        return
    if not home.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(home))
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(home))


def refusal(error: BaseException, home: Path, dagster_home: Path) -> str | None:
    """The sentence about an error behind which the operating system is; None for any other error.

    `home` and `dagster_home` are named where the error names no file.
    """
    for cause in _chain(error):
        if isinstance(cause, FileNotFoundError):
            return _nowhere(cause) if cause.filename is None else _missing(cause, home, dagster_home)
        if isinstance(cause, OSError) and (remedy := _REMEDIES.get(cause.errno or 0)):
            path = Path(os.fsdecode(cause.filename or home)).absolute()
            return _sentence(cause.strerror or "", path, remedy, _variable(path, home, dagster_home))
        if isinstance(cause, sqlite3.Error) and (remedy := _SQLITE.get(str(cause))):
            return _sentence(str(cause), dagster_home, remedy, "DAGSTER_HOME")
    return None


def _nowhere(error: FileNotFoundError) -> str:
    """The sentence about a missing folder that nobody has named: the one for temporary files, or the current one."""
    if "temporary" in str(error.strerror):
        return "No temporary folder can be written to. Free some space in one, or set TMPDIR."
    return "The working directory was deleted. Change to another folder."


def _missing(error: FileNotFoundError, home: Path, dagster_home: Path) -> str | None:
    """The sentence about a home where no folder can be made, such as below /proc; None for another missing file."""
    path = Path(os.fsdecode(error.filename)).absolute()
    name = _variable(path, home, dagster_home, or_inside=False)
    return _sentence(error.strerror or "", path, "Choose another path", name) if name else None


def _variable(path: Path, home: Path, dagster_home: Path, *, or_inside: bool = True) -> str:
    """The variable that chooses the folder at or below this path, or the one that it is inside; empty for others."""
    for name, folder in (("TIKTOK_INSIGHTS_HOME", home), ("DAGSTER_HOME", dagster_home)):
        # Of a folder that cannot be made, it may be the folder above that is refused.
        if folder.is_relative_to(path) or (or_inside and path.is_relative_to(folder)):
            return name
    return ""


def full_disk(settings: Settings) -> str | None:
    """The sentence about a home on a full disk, where the local stack can store nothing; None without either."""
    if settings.deployment is not Deployment.LOCAL or not settings.home.is_dir():
        return None
    disk = os.statvfs(settings.home)
    if disk.f_bavail * disk.f_frsize > _LITTLE_BYTES:
        return None
    return _sentence(os.strerror(errno.ENOSPC), settings.home, _SPACE, "TIKTOK_INSIGHTS_HOME")


def _sentence(why: str, path: Path, remedy: str, variable: str) -> str:
    return f"{why}: {path}. {remedy}{f', or set {variable} to another folder' if variable else ''}."


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what is behind it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
