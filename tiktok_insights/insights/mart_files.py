"""Reads the marts from the files in sql/. A file is a header of comments, and the view's query below it.

The header has three paragraphs, with a line `--` between them:

    -- One row per account and day: what the mart is about.
    --
    -- ACCOUNT_ID (id): What the column means.
    -- DAY (time): ...
    -- KIND (one of new | known): ...
    -- USERS (count or NULL): ...
    --
    -- key: ACCOUNT_ID, DAY
    -- order: DAY DESC, ACCOUNT_ID
    -- reconcile users: SUM(USERS) = COUNT(*) of FOLLOWER_SNAPSHOTS + SUM(USERS) of TOTALS

The description is one line or more, and there is a line for each column, in the query's order. The types are those of
`ValueType`. No two rows have the same key. The order has the key in it, so that it is the same each time. `rows: 6`
says that there are always six; a mart with `rows: 1` has neither key nor order. Anything else is a MartFileError.

Header and query name numbers, and the query parts that marts share, by the {words} of `words.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from tiktok_insights.insights.mart import FRAME_ROWS, Mart, MartColumn, Reconciliation, TableTotal, ValueType
from tiktok_insights.insights.words import SCHEMA, UnknownWordError, filled
from tiktok_insights.sql_files import without_comments
from tiktok_insights.tables.definitions import ALL

_COLUMN = re.compile(r"([A-Z][A-Z0-9_]*) \(([^()]+)\): (\S.*\.)")
_SETTING = re.compile(r"(key|order|rows|reconcile [a-z]+(?: [a-z]+)*): (\S.*)")
_ORDERED = re.compile(r"([A-Z][A-Z0-9_]*)(?: DESC)?(?: NULLS (?:FIRST|LAST))?")
_TOTAL = re.compile(r"((?:(?! of )[^=;])+) of ([A-Z_]+)(?: \+ |$)")
_RECONCILED = re.compile(rf"([^=;]+) = ((?:{_TOTAL.pattern})+)")
_RECONCILE = "reconcile "
_TABLES = {table.name for table in ALL}
_TYPES = {type_.value: type_ for type_ in ValueType}


class MartFileError(ValueError):
    """A mart's file breaks the grammar; the message names file and line."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a header, without the dashes; of a setting, its value."""

    file: str
    number: int
    text: str

    def error(self, what: str) -> MartFileError:
        return MartFileError(f"{self.file}, line {self.number}: {what}")


@cache
def all_marts() -> tuple[Mart, ...]:
    """Read every mart; they are in the order of their names. Raises MartFileError."""
    files = [file for file in resources.files(__package__).joinpath("sql").iterdir() if file.name.endswith(".sql")]
    return tuple(parse(file.name, file.read_text("utf-8")) for file in sorted(files, key=lambda file: file.name))


def parse(file: str, text: str) -> Mart:
    """Make a mart of its file's name and text. Raises MartFileError."""
    lines = [_filled(_Line(file, number, line)) for number, line in enumerate(text.split("\n"), 1)]
    name = file.removesuffix(".sql")
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name.upper() in _TABLES:
        raise lines[0].error(
            "a mart's name is in lower case, such as users_by_day.sql, and differs from every table's name"
        )
    end = next((at for at, line in enumerate(lines) if not line.text.startswith("--")), len(lines) - 1)
    describing, columns_, settings_ = _paragraphs(lines[:end] or lines[:1])
    columns, settings = _columns(columns_), _settings(settings_)
    rows, key = _rows(settings), _key(settings, columns)
    order = _order(settings, columns, key)
    if (rows == 1) == bool(key or order) or bool(key) != bool(order):
        raise settings_[0].error("a mart needs a key and an order, or `rows: 1`")
    return Mart(
        name, _description(describing), columns, key, order, rows, _reconciliations(settings_, settings),
        _sql(lines[end], "\n".join(line.text for line in lines[end:])),
    )  # fmt: skip  # in the order of the file


def _filled(line: _Line) -> _Line:
    try:
        return replace(line, text=filled(line.text))
    except UnknownWordError as error:
        raise line.error(str(error)) from error


def _paragraphs(lines: Sequence[_Line]) -> list[list[_Line]]:
    paragraphs: list[list[_Line]] = [[]]
    for line in lines:
        if line.text == "--":
            paragraphs.append([])
        elif re.fullmatch(r"-- \S(.*\S)?", line.text):
            paragraphs[-1].append(replace(line, text=line.text.removeprefix("-- ")))
        else:
            raise line.error("a header line is `--` alone, or `--`, a space and text")
    if len(paragraphs) != 3 or not all(paragraphs):
        raise lines[-1].error(
            "the header needs three paragraphs: the description, the columns, and the settings (key, order and so on)"
        )
    return paragraphs


def _description(lines: Sequence[_Line]) -> str:
    text = " ".join(line.text for line in lines)
    if not re.fullmatch(r"One row(?: per [^:]+)?: \S.*\.", text):
        raise lines[0].error(
            "the description must read `One row per ...: ...` or `One row: ...`, and end with a period"
        )
    return text


def _columns(lines: Sequence[_Line]) -> tuple[MartColumn, ...]:
    columns: dict[str, MartColumn] = {}
    for line in lines:
        column = _column(line)
        if column.name in columns:
            raise line.error(f"{column.name} appears twice")
        columns[column.name] = column
    return tuple(columns.values())


def _column(line: _Line) -> MartColumn:
    if not (found := _COLUMN.fullmatch(line.text)):
        raise line.error("a column must read `NAME (type): What it means.`")
    name, type_name, meaning = found.groups()
    bare = type_name.removesuffix(" or NULL")
    choices: tuple[str, ...] = ()
    if bare.startswith(f"{ValueType.CHOICE.value} "):
        choices = tuple(bare.removeprefix(f"{ValueType.CHOICE.value} ").split(" | "))
        bare = ValueType.CHOICE.value
        if len(set(choices)) != len(choices) or not all(re.fullmatch(r"[^\s|]+(?: [^\s|]+)*", one) for one in choices):
            raise line.error("the choices must be distinct texts separated by ` | `")
    if bare not in _TYPES or (_TYPES[bare] is ValueType.CHOICE and not choices):
        raise line.error(
            f"there is no type {type_name!r}; the types are {', '.join(_TYPES)}, each optionally followed by `or NULL`"
        )
    return MartColumn(name, _TYPES[bare], type_name.endswith(" or NULL"), meaning, choices)


def _settings(lines: Sequence[_Line]) -> dict[str, _Line]:
    settings: dict[str, _Line] = {}
    for line in lines:
        if not (found := _SETTING.fullmatch(line.text)):
            raise line.error("a setting must be `key: `, `order: `, `rows: ` or `reconcile <what>: `")
        if found[1] in settings:
            raise line.error(f"{found[1]} appears twice")
        settings[found[1]] = replace(line, text=found[2])
    return settings


def _rows(settings: dict[str, _Line]) -> int | None:
    if (line := settings.get("rows")) is None:
        return None
    if not re.fullmatch("[1-9][0-9]{0,2}", line.text) or int(line.text) > FRAME_ROWS:
        raise line.error(f"a fixed number of rows must be from 1 to {FRAME_ROWS}")
    return int(line.text)


def _key(settings: dict[str, _Line], columns: Sequence[MartColumn]) -> tuple[str, ...]:
    if (line := settings.get("key")) is None:
        return ()
    names = line.text.split(", ")
    if len(set(names)) != len(names) or not {column.name for column in columns}.issuperset(names):
        raise line.error("the key must be distinct columns of the mart, separated by a comma and a space")
    return tuple(names)


def _order(settings: dict[str, _Line], columns: Sequence[MartColumn], key: Sequence[str]) -> str:
    if (line := settings.get("order")) is None:
        return ""
    names = [found[1] if (found := _ORDERED.fullmatch(part)) else part for part in line.text.split(", ")]
    if len(set(names)) != len(names) or not {column.name for column in columns}.issuperset(names):
        raise line.error(
            "the order must be distinct columns of the mart, each optionally with DESC and NULLS FIRST or LAST"
        )
    if missing := [name for name in key if name not in names]:
        raise line.error(f"the order lacks {', '.join(missing)} of the key, so it may vary from query to query")
    return line.text


def _reconciliations(lines: Sequence[_Line], settings: dict[str, _Line]) -> tuple[Reconciliation, ...]:
    reconciliations = []
    for name, line in settings.items():
        if name.startswith(_RECONCILE):
            found = _RECONCILED.fullmatch(line.text)
            totals = tuple(TableTotal(*total) for total in _TOTAL.findall(found[2])) if found else ()
            if not found or not _TABLES.issuperset(total.table for total in totals):
                raise line.error(
                    "a reconciliation must read `<total of the mart> = <total of the table> of <TABLE>`, for several "
                    "tables with ` + ` between them"
                )
            reconciliations.append(Reconciliation(name.removeprefix(_RECONCILE), found[1], totals))
    if not reconciliations:
        raise lines[-1].error("a mart needs at least one line `reconcile <what>: `")
    return tuple(reconciliations)


def _sql(first: _Line, text: str) -> str:
    sql = without_comments(text)
    if not re.match(r"(SELECT|WITH)\s", sql) or SCHEMA not in sql or re.search("[{};]", sql.replace(SCHEMA, "")):
        raise first.error(
            "the header must be followed by one SELECT, in which {schema} stands for the schema of the tables"
        )
    return sql
