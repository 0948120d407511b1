"""The versions of the warehouse's tables: what each one changed, and from that what the tables were like before.

A new version is a new last entry of MIGRATIONS beside the change of the definition in `tables`. Nothing here runs.
"""

from dataclasses import dataclass, field, replace

from tiktok_insights.tables.comparison import Table


@dataclass(frozen=True, slots=True)
class AddColumn:
    """A column at the end of a table, NULL in the rows that are there.

    Any other would not do: Snowflake adds columns at the end, and of those only one without constraint and default may
    be added twice.
    """

    table: str
    column: str
    type: str

    @property
    def statement(self) -> str:
        """Adds the column unless it is there."""
        return f"ALTER TABLE {self.table} ADD COLUMN IF NOT EXISTS {self.column} {self.type}"

    def undone(self, tables: dict[str, Table]) -> dict[str, Table]:
        """The tables without the column. Raises ValueError when the definition does not have it as it was added."""
        columns = tables[self.table].columns if self.table in tables else ()
        last = f"{columns[-1].name} {columns[-1].type}" if columns else "no column"
        if last != f"{self.column} {self.type}" or "NOT NULL" in self.type:
            msg = (
                f"{self} does not fit the definition: an added column may be NULL and stands last, where {last} stands."
            )
            raise ValueError(msg)
        return {**tables, self.table: replace(tables[self.table], columns=columns[:-1])}


@dataclass(frozen=True, slots=True)
class ChangeRows:
    """A statement on rows that does no harm when it is run again, also by a slow process after the next versions."""

    statement: str

    def undone(self, tables: dict[str, Table]) -> dict[str, Table]:
        """The tables as they are: their columns do not change."""
        return tables


#: The changes of one version to the next, in their order. A new table needs none; it is made when it is missing.
Migration = tuple[AddColumn | ChangeRows, ...]

#: In version 1 every version of an object that was ever loaded said 'loaded'. Now it says that the rows are in the
#: history: of each object that is the newest.
_ONE_LOADED_VERSION = (
    "UPDATE LOAD_HISTORY SET STATUS = 'overtaken' WHERE STATUS = 'loaded' AND (OBJECT_KEY, ETAG) NOT IN "
    "(SELECT OBJECT_KEY, ETAG FROM (SELECT OBJECT_KEY, ETAG, ROW_NUMBER() OVER "
    "(PARTITION BY OBJECT_KEY ORDER BY LAST_MODIFIED DESC, LOADED_AT DESC) AS PLACE FROM LOAD_HISTORY "
    "WHERE STATUS = 'loaded') AS loaded WHERE PLACE = 1)"
)

#: The first leads from version 1 to 2.
MIGRATIONS: tuple[Migration, ...] = ((ChangeRows(_ONE_LOADED_VERSION),),)


@dataclass(frozen=True, slots=True)
class TableVersions:
    """The tables of the newest version, and the way to it from each earlier one.

    `lock` names the table with the version row, `viewed` the one that people read through a view.
    """

    tables: tuple[Table, ...] = field(repr=False)
    lock: str
    viewed: str
    migrations: tuple[Migration, ...] = field(repr=False)

    @property
    def newest(self) -> int:
        """The version that this package works with."""
        return len(self.migrations) + 1

    def states(self, version: int) -> list[dict[str, Table]]:
        """The tables of a version, and as they are after each change of its migration, in order."""
        tables = {table.name: table for table in self.tables}
        for migration in reversed(self.migrations[version:]):
            for change in reversed(migration):
                tables = change.undone(tables)
        states = [tables]
        migration = self.migrations[version - 1] if version < self.newest else ()
        for change in reversed(migration):
            states.insert(0, change.undone(states[0]))
        return states

    def at(self, version: int) -> dict[str, Table]:
        """The tables of a version."""
        return self.states(version)[0]
