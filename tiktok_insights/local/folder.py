"""The stack's folder on disk: where things are, and the locks by which processes agree.

No process is started and no server is known here.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MARKER_TEXT = "This folder belongs to the local stack of tiktok-insights, which may delete everything in it.\n"
_POLL_SECONDS = 0.01


class StackError(Exception):
    """The local stack cannot do what was asked. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class StackFolder:
    """The layout below `<home>/stack`.

    The folder is 0700: the stored AWS state is pickled, so whoever can write there can run code as you.
    """

    root: Path

    @classmethod
    def of(cls, home: Path) -> "StackFolder":
        """The stack's folder in `home`, as an absolute path: the process does not share its starter's directory."""
        return cls(home.resolve() / "stack")

    @property
    def lock(self) -> Path:
        """Held by the running process for life: held means running."""
        return self.root / "lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts, stops or resets the stack."""
        return self.root / "start.lock"

    @property
    def endpoints(self) -> Path:
        """Where the servers listen; written, in one step, when all of them answer."""
        return self.root / "endpoints.json"

    @property
    def previous_endpoints(self) -> Path:
        """The last run's endpoints: its ports are taken again when they are free, so open clients survive."""
        return self.root / "endpoints.previous.json"

    @property
    def log(self) -> Path:
        """Everything the process and its servers say."""
        return self.root / "stack.log"

    @property
    def aws(self) -> Path:
        """The state of S3, Glue and Secrets Manager."""
        return self.root / "aws"

    @property
    def glue(self) -> Path:
        """Of that, Glue's part."""
        return self.aws / "services" / "glue"

    @property
    def glue_runs(self) -> Path:
        """What Glue does: job runs, their packages, crawls, the key of the jobs' sign-in."""
        return self.root / "glue"

    @property
    def snowflake(self) -> Path:
        """The DuckDB databases and the stages' files."""
        return self.root / "snowflake"

    @property
    def tiktok_api(self) -> Path:
        """The state of the fake TikTok API."""
        return self.root / "tiktok_api"

    @property
    def temporary(self) -> Path:
        """The process's TMPDIR, emptied at each start, so that a kill -9 leaves nothing in the system's."""
        return self.root / "tmp"

    @property
    def marker(self) -> Path:
        """Its presence says that the stack made the folder, and so may delete what is in it."""
        return self.root / ".tiktok-insights-stack"

    def create(self) -> None:
        """Make the folder, unless it is there.

        Raises:
            StackError: something else is at that path, or no database can be there.

        """
        # DuckDB takes what follows `?` for parameters, and a backslash for a slash.
        if found := [character for character in "?\\" if character in str(self.root)]:
            raise StackError(
                f"The local stack cannot keep its databases in {self.root}: the path contains {found[0]}. "
                "Set TIKTOK_INSIGHTS_HOME to another folder."
            )
        if self.root.is_symlink() or (self.root.exists() and not self.root.is_dir()):
            raise StackError(f"{self.root} is not a folder of the local stack; move it away or choose another home.")
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.marker.exists():
            # Another starter may be at the same place in this function: its marker and start lock are no strangers.
            ours = {self.marker.name, self.start_lock.name}
            strangers = [path.name for path in self.root.iterdir() if path.name not in ours]
            if strangers and not self.marker.exists():
                raise StackError(
                    f"{self.root} contains files that the local stack did not create ({strangers[0]}); "
                    "move them away or choose another home."
                )
            self.marker.write_text(_MARKER_TEXT, encoding="utf-8")
        self.root.chmod(0o700)

    def clear(self, *, keep_bucket: bool = False) -> None:
        """Delete what the stack stored; the caller holds `start_lock`, whose file stays so that waiters agree on it.

        With `keep_bucket` only the databases and Glue's catalog go: what a run makes again from the bucket's objects.

        Raises:
            StackError: the folder was not made by the stack.

        """
        if not self.root.exists():
            return
        if self.root.is_symlink() or not self.marker.is_file():
            raise StackError(
                f"{self.root} was not created by the local stack (it has no {self.marker.name}), so it was "
                "left unchanged. Delete it yourself if you do not need it."
            )
        kept = (self.marker, self.start_lock)
        remade = [path for path in (self.snowflake, self.glue) if path.exists()]
        for path in remade if keep_bucket else [path for path in self.root.iterdir() if path not in kept]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def bytes_on_disk(self) -> int:
        """The size of everything in the folder, in bytes."""
        total = 0
        for directory, _, names in os.walk(self.root):
            for name in names:
                try:
                    total += (Path(directory) / name).lstat().st_size
                except FileNotFoundError:  # the running stack replaces files all the time
                    continue
        return total


def is_held(path: Path) -> bool:
    """Whether some process holds the lock at `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        # A shared lock, so that many who look at once do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def wait_until_free(path: Path, *, limit_seconds: float) -> bool:
    """Wait until no process holds the lock at `path`; False if one still does after `limit_seconds`."""
    deadline = time.monotonic() + limit_seconds
    while is_held(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


@contextmanager
def held(path: Path, *, limit_seconds: float) -> Iterator[None]:
    """Hold the lock at `path`; the kernel gives it back when the process ends, however it ends.

    Raises:
        StackError: another process kept it for longer than `limit_seconds`.

    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + limit_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StackError(
                        f"Another process has held {path} for {limit_seconds:.0f} s. "
                        "Find it with fuser or lsof, then try again."
                    ) from None
                time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)
