"""The gate of DAX: names, functions and sums. No engine of DAX runs here, so only a few plain shapes may occur."""

import re
from collections.abc import Iterator
from pathlib import Path

from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model
from tiktok_insights_tests.powerbi.gates.sources import keys
from tiktok_insights_tests.powerbi.gates.tmdl_reader import unquoted

ACCOUNTS = "ACCOUNT_COVERAGE"
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_COLUMN = re.compile(r"('(?:[^']|'')+'|\b[A-Za-z_]\w*)\[([^\]]+)\]")
_BARE = re.compile(r"(?<![\w'])\[([^\]]+)\]")
_CALL = re.compile(r"\b([A-Za-z][\w.]*)\(")
_TABLE = re.compile(r"\bCOUNTROWS\((\w+)\)")
_GUARD = re.compile(r"IF\(COUNTROWS\((\w+)\) = 1, (.*)\)", re.DOTALL)
#: Of other measures, which have their guards.
_OF_GUARDED = re.compile(r"\[[^\]]+\](?: [-+*/] \[[^\]]+\])*")
_WORD = re.compile(r"(?<![\w'\[.])[A-Za-z_]\w*(?![\w(\[])")
_SUM = re.compile(r"\bSUM\((\w+)\[(\w+)\]\)")
#: None of them removes a filter, averages, or goes from one moment to another.
_OF_MEASURES = {
    "CALCULATE", "COALESCE", "COUNTROWS", "DATEDIFF", "FORMAT", "IF", "ISBLANK", "LASTNONBLANK", "LASTNONBLANKVALUE",
    "MAX", "NOT", "SUM", "UTCNOW",
}  # fmt: skip
_OF_COLUMNS = {"COALESCE", "DATE", "DAY", "EOMONTH", "IF", "ISBLANK", "MONTH", "NOT", "WEEKDAY", "YEAR"}
_OF_TABLES = _OF_COLUMNS | {"CALENDAR", "MAX", "MAXX", "MIN", "MINX", "SELECTCOLUMNS", "TODAY"}
_FUNCTIONS = {"measure": _OF_MEASURES, "column": _OF_COLUMNS, "table": _OF_TABLES}
#: The columns that CALENDAR and a list in braces have.
_OF_FUNCTIONS = {"Date", "Value"}


def problems(folder: Path) -> list[str]:
    """Say what is wrong with the expressions of the model in a folder."""
    try:
        files = read_model(folder)
    except (ValueError, OSError) as error:
        return [str(error)]
    checks = (_references, _functions, _words, _sums, _guards)
    return [problem for check in checks for problem in check(files)]


def measure_texts(files: ModelFiles) -> dict[str, str]:
    """The DAX of every measure by its name, without texts, and with that of the measures in it."""
    own = {name: _TEXT.sub('""', measure.value) for name, measure in files.measures().items()}

    def whole(name: str, trail: tuple[str, ...]) -> str:
        parts = [whole(one, (*trail, one)) for one in _BARE.findall(own[name]) if one in own and one not in trail]
        return " ".join([own[name], *parts])

    return {name: whole(name, (name,)) for name in own}


def tables_in(text: str) -> set[str]:
    """The tables that an expression reads."""
    return {unquoted(table) for table, _ in _COLUMN.findall(text)} | set(_TABLE.findall(text))


def one_row_of(text: str) -> set[str]:
    """The tables of which one row must be left for an expression to give a value."""
    return set(re.findall(r"IF\(COUNTROWS\((\w+)\) = 1,", text))


def _expressions(files: ModelFiles) -> Iterator[tuple[str, str, str]]:
    """The kind, name and DAX of every measure, calculated column and calculated table, without texts."""
    for table in files.tables.values():
        for child in table.children:
            if child.kind == "partition" and child.value == "calculated":
                yield "table", table.name, _TEXT.sub('""', child.properties.get("source", ""))
            elif child.kind in ("measure", "column") and child.value:
                yield child.kind, child.name, _TEXT.sub('""', child.value)


def _references(files: ModelFiles) -> Iterator[str]:
    for kind, name, dax in _expressions(files):
        for table, column in _COLUMN.findall(dax):
            if column not in files.columns(unquoted(table)):
                yield f"{kind} {name}: there is no {table}[{column}]"
        yield from (f"{kind} {name}: there is no table {one}" for one in _TABLE.findall(dax) if one not in files.tables)
        known = files.measures().keys() | (_OF_FUNCTIONS if kind == "table" else set())
        yield from (f"{kind} {name}: there is no measure [{one}]" for one in _BARE.findall(dax) if one not in known)


def _functions(files: ModelFiles) -> Iterator[str]:
    for kind, name, dax in _expressions(files):
        others = set(_CALL.findall(dax)) - _FUNCTIONS[kind]
        yield from (f"{kind} {name}: the function {one} is none of those that it may have" for one in sorted(others))
        if '"' in dax.replace('""', "") or not _is_nested_well(dax):
            yield f"{kind} {name}: a bracket or a quote is not closed"
        if any(inner.endswith(", 0") for inner in _inner(dax)) or re.search(r"\+ 0\b|\b0 \+", dax):
            yield f"{kind} {name}: shows 0 where it is not known"


def _words(files: ModelFiles) -> Iterator[str]:
    """Every other word is a table, a variable, or of the language."""
    for kind, name, dax in _expressions(files):
        variables = re.findall(r"\bVAR (\w+) =", dax)
        outside = re.sub(r"\[[^\]]*\]", "[]", dax)
        language = {"NOT"} | ({"VAR", "RETURN"} if variables else set()) | ({"DAY"} if "DATEDIFF" in dax else set())
        known = {*files.tables, *variables, *language}
        yield from (f"{kind} {name}: what is {word}?" for word in sorted(set(_WORD.findall(outside)) - known))
        if variables and not re.search(r"\bRETURN\s+\S", dax):
            yield f"{kind} {name}: there are variables, but no RETURN with a value"


def _is_nested_well(dax: str) -> bool:
    """Whether each bracket is closed by its own kind; texts and names are taken out before."""
    brackets = re.sub(r"[^(){}]", "", _COLUMN.sub("", dax))
    while (shorter := brackets.replace("()", "").replace("{}", "")) != brackets:
        brackets = shorter
    return not brackets


def _inner(dax: str) -> Iterator[str]:
    """What is in each pair of parentheses after COALESCE or IF."""
    for call in re.finditer(r"\b(?:COALESCE|IF)\(", dax):
        depth = 1
        for at in range(call.end(), len(dax)):
            depth += {"(": 1, ")": -1}.get(dax[at], 0)
            if depth == 0:
                yield dax[call.end() : at]
                break


def _sums(files: ModelFiles) -> Iterator[str]:
    """A sum is of one row, or of users of one list: a total per snapshot is never added to another."""
    for kind, name, dax in _expressions(files):
        guards = one_row_of(dax)
        for table, column in _SUM.findall(dax):
            if table not in guards and set(keys().get(table, ())) - {"ACCOUNT_ID", "TIKTOK_ID"}:
                yield f"{kind} {name}: adds up rows of {table}, whose key is {', '.join(keys()[table])}"
            found = files.columns(table).get(column)
            if found and "%" in found.properties.get("formatString", ""):
                yield f"{kind} {name}: adds up shares, {table}[{column}]"


def _guards(files: ModelFiles) -> Iterator[str]:
    """A number about an account is blank unless there is one account, or one row of the mart."""
    texts = measure_texts(files)
    for name, measure in files.measures().items():
        guard = _GUARD.fullmatch(_TEXT.sub('""', measure.value))
        tables = {table for table in tables_in(texts[name]) if "ACCOUNT_ID" in files.columns(table)}
        if _OF_GUARDED.fullmatch(measure.value):
            continue
        if tables and not (guard and guard[1] in {ACCOUNTS, *tables}):
            yield f"measure {name}: gives a value for several accounts together"
        if guard and guard[1] != ACCOUNTS and tables_in(guard[2]) != {guard[1]}:
            yield f"measure {name}: asks for one row of {guard[1]}, but reads {tables_in(guard[2])}"
