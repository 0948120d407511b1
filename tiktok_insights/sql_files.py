"""SQL files in the folder sql/ of a package, with comments on lines of their own."""

import re
from functools import cache
from importlib import resources


@cache
def read_sql(package: str, name: str) -> str:
    """The text of `sql/<name>.sql` in a package."""
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    """The statement alone: no comment lines, no semicolon after it."""
    return re.sub(r"^--.*$", "", text, flags=re.MULTILINE).strip().rstrip(";")
