"""Erases what this machine keeps of removed people: the local stack's files, old dashboards, and logs.

By then the rows and objects are deleted, and the dashboard is made again. Here goes what is still on the disk: blocks
that DuckDB only marks as free, uploads of runs that were cut off, and texts that quote someone.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from tiktok_insights.dashboard.publishing import dashboard_path
from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.dagster_files import clean_dagster
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.erasing.text_files import clean_text_files
from tiktok_insights.suppression.hashes import Kind


def clean_machine(home: Path, dagster_home: Path, names: Iterable[tuple[Kind, str]]) -> list[Cleaned]:
    """Clean this machine's files; nothing may load or extract meanwhile. May be cut off and repeated.

    A local stack is stopped for it, and whoever needs it starts it again. Raises StackError if it does not stop, and
    CompactionError.
    """
    texts = NamedTexts.of(names)
    done = [_remove_old_dashboards(home), *clean_dagster(dagster_home, texts)]
    if stack.exists(home):
        with stack.stopped(home) as folder:
            done += _clean_stack(folder, texts)
    return done


def _remove_old_dashboards(home: Path) -> Cleaned:
    """Remove every file beside the dashboard: those of chosen accounts, and what a cut-off run has left."""
    page = dashboard_path(home)
    old = [path for path in page.parent.glob("*") if path != page and path.is_file()]
    for path in old:
        path.unlink(missing_ok=True)
    return Cleaned("old dashboards on this machine", len(old), len(old))


def compact_stack(home: Path) -> None:
    """Let nothing be left on the disk of rows that were deleted in a local stack, which is stopped for it.

    May be cut off and repeated. Raises StackError if it does not stop, and CompactionError.
    """
    if stack.exists(home):
        with stack.stopped(home) as folder:
            _compact(folder)


def _compact(folder: StackFolder) -> list[Cleaned]:
    from tiktok_insights.local.snowflake.compaction import compact

    shutil.rmtree(folder.temporary, ignore_errors=True)
    databases = compact(folder.snowflake)
    # With the stack stopped, no upload is under way; a run that was cut off sends its rows again.
    uploads = [path for path in (folder.snowflake / "stages").rglob("*") if path.is_file()]
    for path in uploads:
        path.unlink()
    return [
        Cleaned("databases of the local stack, written again", databases),
        Cleaned("unfinished uploads to the local stack", len(uploads), len(uploads)),
    ]


def _clean_stack(folder: StackFolder, texts: NamedTexts) -> list[Cleaned]:
    return [
        *_compact(folder),
        clean_text_files("logs of the local Glue", folder.glue_runs, texts),
        clean_text_files("logs of the local stack", folder.root, texts, "stack.log*"),
    ]
