"""What a mutant is, and how it is made in a copy of the project."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.powerbi.names import object_name

MODEL = "TikTokInsights.SemanticModel/definition"
REPORT = "TikTokInsights.Report"
PAGES = f"{REPORT}/definition/pages"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in the file, the first `old` becomes `new`. No `old`: the file is new, or gone if `new` is empty too.

    The gate must say the `problem`.
    """

    fault: str
    file: str
    old: str
    new: str
    gate: str
    problem: str


def table(name: str) -> str:
    """The file of a table."""
    return f"{MODEL}/tables/{name}.tmdl"


def page(name: str) -> str:
    """The file of a page, by its name in the description."""
    return f"{PAGES}/{object_name(name)}/page.json"


def visual(page_name: str, name: str) -> str:
    """The file of a visual, by the names in the description."""
    return f"{PAGES}/{object_name(page_name)}/visuals/{object_name(page_name, name)}/visual.json"


@contextmanager
def mutated(folder: Path, mutant: Mutant) -> Iterator[None]:
    """Have the fault in a copy of the project for a while."""
    path = folder / mutant.file
    before = path.read_bytes() if path.exists() else None
    assert (before is None) == (not mutant.old and bool(mutant.new)), f"{mutant.file} is not as the mutant expects"
    if mutant.old:
        # Surrogates stand for bytes that are no UTF-8, which a fault may have.
        text = (before or b"").decode("utf-8", errors="surrogateescape")
        assert mutant.old in text, f"{mutant.file} has no {mutant.old!r}"
        path.write_bytes(text.replace(mutant.old, mutant.new, 1).encode("utf-8", errors="surrogateescape"))
    elif mutant.new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mutant.new, "utf-8")
    else:
        path.unlink()
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
