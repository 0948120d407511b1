"""What the environment says of who is watching: colors, CI, a display. The pipeline's settings are in `environment`."""

import os
import sys


def wants_no_colour() -> bool:
    """Whether NO_COLOR is set, to anything (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def runs_in_ci() -> bool:
    """Whether CI is set, as the services set it that run tests: nobody waits at the terminal."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def has_display() -> bool:
    """Whether a browser window can be shown here: always on macOS and Windows, elsewhere with a display server."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
