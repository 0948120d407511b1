"""How this command is typed here, for texts that tell people what to type next."""

import os
import shlex
import shutil
import sys
from pathlib import Path

_NAME = "tiktok-insights"


def command_path(folder: Path | None = None) -> str:
    """The command as it can be typed in a folder, by default this one: its name if the shell finds it, or its path.

    Below the folder, the path is relative, so it fits on a line.
    """
    script = Path(sys.executable).parent / _NAME
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m tiktok_insights.cli"
    if (found := shutil.which(_NAME)) and Path(found).samefile(script):
        return _NAME
    here = folder or Path.cwd()
    path = os.path.relpath(script, here) if script.is_relative_to(here) else str(script)
    return shlex.quote(path)
