"""Compaction runs in the commands of users. What it does to the databases is in people/test_erasing_on_this_machine."""

import os
import subprocess
import sys
from pathlib import Path

from fakesnow.instance import GLOBAL_DATABASE_NAME

from tiktok_insights.local.snowflake import compaction


def test_it_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    """To import fakesnow, whose database it writes again, would make a folder there that stays."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", f"import {compaction.__name__}"]
    subprocess.run(words, env=environment, check=True, timeout=60)  # noqa: S603  # our own module
    assert [*tmp_path.iterdir()] == []
    assert compaction.FAKESNOWS_DATABASE == GLOBAL_DATABASE_NAME
