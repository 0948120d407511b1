"""What the loading role needs, as deploy/snowflake/setup.sql grants it, and what it has. A test compares the two.

Only names and comparisons; what is asked of Snowflake belongs in `account`.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from tiktok_insights.tables.definitions import ALL
from tiktok_insights.tables.namespace import Namespace


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A privilege on an object of a kind, by its full name in upper case."""

    privilege: str
    kind: str
    name: str

    def statement(self, role: str) -> str:
        """What grants it."""
        copied = " COPY CURRENT GRANTS" if self.privilege == "OWNERSHIP" else ""
        return f"GRANT {self.privilege} ON {self.kind} {self.name} TO ROLE {role}{copied};"

    def is_in(self, granted: Set["Grant"]) -> bool:
        """Whether it is granted, or what includes it: who owns an object may do everything with it."""
        return self in granted or Grant("OWNERSHIP", self.kind, self.name) in granted


def needed(namespace: Namespace, warehouse: str) -> Iterator[Grant]:
    """What the role needs on database, schemas and warehouse."""
    yield Grant("USAGE", "DATABASE", namespace.database)
    for schema in namespace.schemas:
        yield Grant("OWNERSHIP", "SCHEMA", f"{namespace.database}.{schema}")
    yield from for_readers(namespace)
    yield Grant("USAGE", "WAREHOUSE", warehouse.upper())


def for_readers(namespace: Namespace) -> Iterator[Grant]:
    """What it needs to make views with pseudonyms; without it, there are none."""
    if namespace.reader_schema:
        yield Grant("OWNERSHIP", "SCHEMA", f"{namespace.database}.{namespace.reader_schema}")


def ownerships(namespace: Namespace) -> Iterator[Grant]:
    """What it needs on each table, once that exists: only the owner of a table may use its stage."""
    for table in ALL:
        yield Grant("OWNERSHIP", "TABLE", f"{namespace.database}.{namespace.name_of(table)}")


def read_grants(rows: Iterable[dict[str, object]]) -> Iterator[Grant]:
    """The grants in the rows of SHOW GRANTS TO ROLE (docs.snowflake.com/en/sql-reference/sql/show-grants)."""
    for row in rows:
        yield Grant(*(str(row[name]).upper() for name in ("privilege", "granted_on", "name")))
