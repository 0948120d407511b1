"""Where an export goes: its name, and how the file gets there whole or not at all."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

#: In the name of a file in which text was made harmless, for whoever gets it.
MARK = "formulas_neutralized"


class FileFormat(StrEnum):
    """A format, under the end of its files' names."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def ending(self) -> str:
        """How the name of each such file ends."""
        return f".{self}" if self is FileFormat.PARQUET else f".{MARK}.{self}"


class FileExistsAlreadyError(ValueError):
    """A file has the export's name."""


class FolderMissingError(ValueError):
    """There is no such folder."""


class FileNameError(ValueError):
    """The name would hide what the file is."""


def target_of(name: str, ending: str, out: Path | None) -> Path:
    """The path of the export with this name and ending: in the folder `out`, at the file `out`, or where one is.

    Raises FileNameError and FolderMissingError.
    """
    usual = f"{name.lower()}{ending}"
    if out is None or out.is_dir():
        return (out or Path()).absolute() / usual
    path = out.absolute()
    if not path.name.endswith(ending):
        # A name with only a wrong format, or none, becomes one with the right one.
        stem = path.name.removesuffix(f".{ending.rpartition('.')[2]}") or name.lower()
        raise FileNameError(
            f"The name of this file must end with {ending}. Use --out {stem}{ending}, or name a folder."
        )
    if not path.parent.is_dir():
        raise _missing(path.parent)
    return path


def require_free(path: Path, *, replace: bool) -> None:
    """Raise FileExistsAlreadyError for a file that may not be replaced, and the OSError of a folder without access."""
    if path.is_dir() or (path.exists() and not replace):
        raise FileExistsAlreadyError(f"{path} exists and was left as it is. Add --replace, or choose another --out.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))


@contextmanager
def written_whole(path: Path, *, replace: bool) -> Iterator[Path]:
    """Give a folder in which a file of the path's name is to be written; at the end the file goes to the path.

    The folder is beside it, with a name that ends with .partial, and is deleted whatever happens; only a process that
    is killed leaves it. Raises FileExistsAlreadyError, FolderMissingError, and an OSError that names the path's folder
    for whatever the operating system refuses.
    """
    require_free(path, replace=replace)
    try:
        # Only its owner may read it, as it holds names.
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial"))
        try:
            yield folder
            made = folder / path.name
            made.chmod(0o600)
            with made.open("rb") as file:
                os.fsync(file.fileno())
            require_free(path, replace=replace)
            made.replace(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except FileNotFoundError as error:
        raise _missing(path.parent) from error
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path.parent)) from error


def _missing(folder: Path) -> FolderMissingError:
    return FolderMissingError(f"There is no folder {folder}. Create it, or choose another one with --out.")
