"""Takes a person's names out of Dagster's records in PostgreSQL, as `dagster_files` does with those in files.

PostgreSQL's log of changes and its backups, which nothing here reaches, belong in `remains`.
"""

import json
from typing import TYPE_CHECKING

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.dagster_texts import TAG_TABLES, TAG_VALUE, cleaned_text, is_own_tag
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.finding import Unread

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Connection, Engine, Table

_PLACE = "Dagster's records in PostgreSQL"
_PATIENCE = "SET lock_timeout = '30s'"


def clean_postgres(url: str, texts: NamedTexts) -> Cleaned:
    """Clean every text in every table, each table in one transaction, and give the old rows' space back to the disk.

    `url` is that of the database, with the password. May be cut off and repeated.
    """
    from sqlalchemy import MetaData, create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    engine = create_engine(url, poolclass=NullPool)
    try:
        tables = MetaData()
        tables.reflect(engine)
        counts = {table: _clean_table(engine, table, texts) for table in tables.sorted_tables}
        _give_back(engine, [table for table, copies in counts.items() if copies])
    except SQLAlchemyError as error:
        # Without the statement and its values, which have the names.
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        return Cleaned(_PLACE, unread=(Unread("PostgreSQL", f"{reason}; see whether it runs, and run again"),))
    return Cleaned(_PLACE, sum(1 for copies in counts.values() if copies), sum(counts.values()))


def _clean_table(engine: "Engine", table: "Table", texts: NamedTexts) -> int:
    """Clean the texts of a table. Its rows stay locked until all are clean, so that none is written again meanwhile."""
    from sqlalchemy import String, text

    with engine.begin() as connection:
        connection.execute(text(_PATIENCE))
        columns = [column for column in table.columns if isinstance(column.type, String)]
        return sum(_clean_column(connection, column, texts) for column in columns)


def _clean_column(connection: "Connection", column: "Column[str]", texts: NamedTexts) -> int:
    from sqlalchemy import func, literal_column, or_, select, update

    row: ColumnElement[str] = literal_column("ctid")
    # Far more than what is a name; `cleaned_text` decides.
    may_name = or_(*(func.lower(column).contains(form, autoescape=True) for form in _written(texts)))
    is_tag = column.table.name.endswith(TAG_TABLES) and column.name == TAG_VALUE
    key: ColumnElement[str] = column.table.columns["key"] if is_tag else literal_column("''")
    copies = 0
    for ctid, value, tag in connection.execute(select(row, column, key).where(may_name).with_for_update()).all():
        if (clean := cleaned_text(value, texts, is_prose=is_tag and not is_own_tag(tag))) != value:
            connection.execute(update(column.table).where(row == ctid).values({column.name: clean}))
            copies += 1
    return copies


def _written(texts: NamedTexts) -> list[str]:
    """Each name in lower case, as it is, and as JSON escapes it."""
    return sorted({form.lower() for _, name in texts.names for form in (name, json.dumps(name)[1:-1])})


def _give_back(engine: "Engine", tables: "list[Table]") -> None:
    """Write tables again without the rows that were replaced; whoever uses one waits for a moment."""
    from sqlalchemy import text

    quote = engine.dialect.identifier_preparer.format_table
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(_PATIENCE))
        for table in tables:
            connection.execute(text(f"VACUUM FULL {quote(table)}"))
