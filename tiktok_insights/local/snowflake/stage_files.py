"""REMOVE deletes files of a stage: fakesnow does not know it. PUT, LIST and COPY are fakesnow's."""

import re
from pathlib import Path

from fakesnow.conn import FakeSnowflakeConnection
from fakesnow.transforms import stage

_REMOVE = re.compile(r"\s*(?:REMOVE|RM)\s+'?@([^'\s;/]+)/?([^'\s;]*)'?\s*;?\s*", re.IGNORECASE)


def with_files_removed(command: str, session: FakeSnowflakeConnection) -> str:
    """Run a REMOVE, and give the statement that says what was removed; every other statement unchanged.

    Raises the connector's ProgrammingError for a stage that does not exist.
    """
    found = _REMOVE.fullmatch(command)
    if not found:
        return command
    names = stage.parts_from_var(found[1], current_database=session.database, current_schema=session.schema)
    row = session._duck_conn.execute(stage.stage_lookup_sql(*names, session.table_stages)).fetchone()
    if row is None:
        raise stage.not_found_error(".".join(names))
    files = session._duck_conn.execute(stage.internal_files_sql(stage.internal_dir(row[0], found[2]))).fetchall()
    for (path,) in files:
        Path(path).unlink(missing_ok=True)
    names_of_files = (stage.internal_file_name(path).replace("'", "''") for (path,) in files)
    removed = ", ".join(f"('{name}', 'removed')" for name in names_of_files)
    return f"SELECT * FROM (VALUES {removed or '(NULL, NULL)'}) AS removed (name, result) WHERE name IS NOT NULL"
