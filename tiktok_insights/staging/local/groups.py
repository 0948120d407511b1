"""Which objects are worked on together: downloaded as one part, and read by the engine at once. Pure functions.

Which objects are judged and published together is said in `pending.py`.
"""

from collections.abc import Sequence

from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.inspection import MAX_LINES_WITHOUT_ROWS

#: Enough that what the engine needs for each read hardly counts, and little enough for its memory and a laptop's disk.
GROUP_OBJECTS, GROUP_BYTES = 500, 64_000_000


def by_reader(files: Sequence[CsvFile]) -> list[list[CsvFile]]:
    """Cut files into groups that the engine can read at once.

    A group has one header: in a read with 19 columns, no line of 14 would be a row. And it has no more lines that are
    no rows than the engine has memory for: 10 kB each.
    """
    if len(files) <= 1:
        return [[*files]] * len(files)
    groups: list[list[CsvFile]] = []
    open_groups: dict[tuple[str, ...], list[CsvFile]] = {}
    without_rows: dict[tuple[str, ...], int] = {}
    for file in files:
        lines = len(file.inspect().lines_without_rows)
        if file.header not in open_groups or without_rows[file.header] + lines > MAX_LINES_WITHOUT_ROWS:
            open_groups[file.header], without_rows[file.header] = [], 0
            groups.append(open_groups[file.header])
        open_groups[file.header].append(file)
        without_rows[file.header] += lines
    return groups
