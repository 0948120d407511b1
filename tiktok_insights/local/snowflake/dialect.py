"""Where fakesnow reads Snowflake's SQL differently from Snowflake, and how to say it so that it does not.

Pure functions on texts and syntax trees; no connection here.
"""

import re
from enum import Enum

from sqlglot import Expr, exp

_LEADING = r"(?:\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*"
_FIRST_WORD = re.compile(_LEADING + r"([A-Za-z]+)", re.DOTALL)
_IDENTIFIER = r'(?:"[^"]+"|[A-Za-z_][\w$]*)'
_BARE_USE = re.compile(_LEADING + rf"USE\s+({_IDENTIFIER})(\s*\.\s*{_IDENTIFIER})?\s*;?\s*", re.IGNORECASE | re.DOTALL)
_DIGITS_IN_SNOWFLAKE = "38"
_WRITTEN = "written by the user"
_HEX_DIGITS_OF_64_BITS = 16


class StatementKind(Enum):
    """What a statement means for the session's transaction."""

    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    DEFINITION = "definition"
    OTHER = "other"


_KINDS = {
    "BEGIN": StatementKind.BEGIN,
    "START": StatementKind.BEGIN,
    "COMMIT": StatementKind.COMMIT,
    "ROLLBACK": StatementKind.ROLLBACK,
    "ALTER": StatementKind.DEFINITION,
    "COMMENT": StatementKind.DEFINITION,
    "CREATE": StatementKind.DEFINITION,
    "DROP": StatementKind.DEFINITION,
    "TRUNCATE": StatementKind.DEFINITION,
}
_ALTER_SESSION = re.compile(_LEADING + r"ALTER\s+SESSION\b", re.IGNORECASE | re.DOTALL)


def kind_of(statement: str) -> StatementKind:
    """What the statement means for the session's transaction, by its first word after comments."""
    found = _FIRST_WORD.match(statement)
    kind = _KINDS.get(found[1].upper(), StatementKind.OTHER) if found else StatementKind.OTHER
    return StatementKind.OTHER if kind is StatementKind.DEFINITION and _ALTER_SESSION.match(statement) else kind


def reads_definitions(statement: str) -> bool:
    """Whether the statement may read definitions; fakesnow writes one in two steps, a table and its texts' lengths."""
    return "information_schema" in statement.lower()


def with_use_spelled_out(statement: str) -> str:
    """`USE x` as `USE DATABASE x` and `USE x.y` as `USE SCHEMA x.y`; every other statement unchanged."""
    found = _BARE_USE.fullmatch(statement)
    if not found:
        return statement
    database, schema = found.groups()
    return f"USE SCHEMA {database}{schema}" if schema else f"USE DATABASE {database}"


def with_headers_as_written(expression: Expr) -> Expr:
    """Name each column that has no name by its expression, as Snowflake does: COUNT(*), not count_star()."""
    if isinstance(expression, exp.Query):
        # In a UNION, the first query names the columns.
        first = expression
        while isinstance(first, (exp.SetOperation, exp.Subquery)):
            first = first.this
        if isinstance(first, exp.Select):
            first.set("expressions", [_named(column) for column in first.expressions])
    return expression


def _named(column: Expr) -> Expr:
    if column.output_name or column.is_star:
        return column
    return exp.alias_(column, column.sql("snowflake").upper(), quoted=True, copy=False)


def with_quotable_comments(expression: Expr) -> Expr:
    """Comments with doubled quotes: fakesnow pastes them into another statement."""
    for clause in expression.find_all(exp.SchemaCommentProperty):
        if isinstance(clause.this, exp.Literal):
            clause.set("this", exp.Literal.string(clause.this.this.replace("'", "''")))
    return expression


def with_38_digits(expression: Expr) -> Expr:
    """NUMBER and NUMBER(38, 0) kept as 38 digits. fakesnow makes a 64-bit integer of them, which holds 18."""
    for data_type in expression.find_all(exp.DataType):
        if data_type.this == exp.DataType.Type.DECIMAL and _is_whole_38(data_type):
            # fakesnow looks for literals; the same digits as another kind of node render as the same DuckDB type.
            data_type.set(
                "expressions", [exp.DataTypeParam(this=exp.var(size)) for size in (_DIGITS_IN_SNOWFLAKE, "0")]
            )
    return expression


def _is_whole_38(data_type: exp.DataType) -> bool:
    sizes = [size.name for size in data_type.expressions]
    return sizes in ([], [_DIGITS_IN_SNOWFLAKE], [_DIGITS_IN_SNOWFLAKE, "0"])


def with_big_endian_md5_numbers(expression: Expr) -> Expr:
    """MD5_NUMBER_LOWER64 as Snowflake computes it. fakesnow calls one by this name, which DuckDB does not have."""
    for call in list(expression.find_all(exp.MD5NumberLower64)):
        digits = exp.Substring(this=exp.MD5(this=call.this), start=exp.Literal.number(_HEX_DIGITS_OF_64_BITS + 1))
        bits = exp.cast(exp.DPipe(this=exp.Literal.string("0x"), expression=digits), exp.DataType.Type.UBIGINT)
        number = exp.cast(bits, exp.DataType.build("DECIMAL(20, 0)"))
        if call is expression:
            return number
        call.replace(number)
    return expression


def mark_casts_in_sums(expression: Expr) -> Expr:
    """Remember which casts inside SUM were written by the user, for `without_double_sums`."""
    for total in expression.find_all(exp.Sum):
        if isinstance(total.this, exp.Cast):
            total.this.meta[_WRITTEN] = True
    return expression


def without_double_sums(expression: Expr) -> Expr:
    """SUM as exact as its argument. fakesnow casts the argument to DOUBLE, which holds 15 digits of a count."""
    for total in expression.find_all(exp.Sum):
        cast = total.this
        if isinstance(cast, exp.TryCast) and cast.to.is_type("double") and not cast.meta.get(_WRITTEN):
            total.set("this", cast.this)
    return expression
