"""Where the tables are. Add a schema here when tables need one of their own; which table is in it, `columns` says."""

from dataclasses import dataclass

from tiktok_insights.tables.columns import Table


@dataclass(frozen=True, slots=True)
class Namespace:
    """A database, and its schemas for people's tables, for internal tables, and for the views that people read.

    Names are upper case, as Snowflake stores unquoted ones. Two or all of these schemas may be the same one. The schema
    of the views with pseudonyms is none of them; empty where whoever asks makes no such views.
    """

    database: str
    schema: str
    internal_schema: str
    view_schema: str
    reader_schema: str = ""

    @classmethod
    def named(cls, *names: str) -> "Namespace":
        """The namespace by names that a person wrote, in whatever case."""
        return cls(*(name.upper() for name in names))

    def __str__(self) -> str:
        """The database and the schema of people's tables."""
        return f"{self.database}.{self.schema}"

    @property
    def schemas(self) -> tuple[str, ...]:
        """The different schemas that the pipeline cannot do without."""
        return tuple(dict.fromkeys((self.schema, self.internal_schema, self.view_schema)))

    @property
    def has_view(self) -> bool:
        """Whether people read a view. They read the table itself where the view would be in the table's schema."""
        return self.view_schema != self.schema

    def schema_of(self, table: Table) -> str:
        """The schema that a table belongs in."""
        return self.internal_schema if table.is_internal else self.schema

    def name_of(self, table: Table) -> str:
        """A table's name with its schema, for statements. A session finds people's tables without it, too."""
        return f"{self.schema_of(table)}.{table.name}"
