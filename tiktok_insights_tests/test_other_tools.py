"""The Python blocks of docs/how_to/read_with_other_tools.md, run in their order against the local stack."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.local import stack
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.documents import ROOT, blocks
from tiktok_insights_tests.support.loading import Loader

GUIDE = ROOT / "docs" / "how_to" / "read_with_other_tools.md"
#: A block that begins so is for a tool that cannot be installed here, and says why.
NOT_RUN = "# Not run in the tests: "
#: Nicknames that tools take for missing values, by ids that a double cannot hold.
NICKNAMES = {"7423456789012345149": "NA", "7423456789012345151": "null", "7423456789012345153": 'a "b", \\'}


@pytest.fixture
def home_of_tools(
    settings: Settings,
    store: ObjectStore,
    session: Session,
    connect_warehouse: Connect,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A folder in which the tools find the stack, with a file of 14 columns and one of 16, loaded; gives the bucket."""
    first, second, third = NICKNAMES
    loader = Loader(store, session, connect_warehouse)
    loader.put("foreign", csv_file(row_of_14(first, nickname="NA"), header=HEADER_14), account="42")
    quoted = row(third, nickname='"a ""b"", \\"', followers_Count="111", avatarThumb="")
    loader.put("own", csv_file(row(second, nickname="null"), quoted), account="6309517539566559605", day="2026-02-01")
    loader.load()
    monkeypatch.chdir(tmp_path)
    for name, value in stack.client_environment(stack.ensure_running(settings.home)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SNOWFLAKE_DATABASE", settings.snowflake.database)
    return settings.s3.bucket


def records(users: Any) -> list[dict[str, Any]]:
    """A tool's table as rows by name, with None for what is missing."""
    if isinstance(users, duckdb.DuckDBPyRelation):
        return [dict(zip(users.columns, values, strict=True)) for values in users.fetchall()]
    if isinstance(users, pl.DataFrame):
        return list(users.to_dicts())
    return list(users.astype(object).where(pd.notna(users), None).to_dict("records"))


def run_blocks() -> list[str]:
    """The Python blocks that can be run here."""
    texts = [block.text for block in blocks(GUIDE) if block.language == "python"]
    return [text for text in texts if not text.startswith(NOT_RUN)]


def run(text: str, bucket: str, names: dict[str, Any]) -> None:
    """Run one block with the names that those before it have left."""
    exec(compile(text.replace("project-with-tiktok-data", bucket), str(GUIDE), "exec"), names)  # noqa: S102  # our own document


def results(bucket: str) -> Iterator[tuple[str, Any]]:
    """Run the blocks one after the other; give each table that a block has made, with the block."""
    names: dict[str, Any] = {}
    for text in run_blocks():
        run(text, bucket, names)
        for name in ("users", "rows"):
            if name in names:
                yield text, names.pop(name)


def test_every_tool_reads_the_same_users(home_of_tools: str) -> None:
    """Ids and names to the last character, in files of 14 and 16 columns; what is unknown is missing.

    Polars refuses such files without `missing_columns`, as the guide says.
    """
    lakes = tables = 0
    for block, found in results(home_of_tools):
        if "FOLLOWERS_COUNT" in block:
            assert [tuple(each) for each in found] == [("7423456789012345153", "ann", 111)], block
        elif "Main.TIKTOK_DATA" in block:
            tables += 1
            assert {each["TIKTOK_ID"]: each["NICK_NAME"] for each in records(found)} == NICKNAMES, block
        else:
            lakes += 1
            users = {each["Tiktok_id"]: each for each in records(found)}
            assert {name: each["nickname"] for name, each in users.items()} == NICKNAMES, block
            foreign, own = users["7423456789012345149"], users["7423456789012345153"]
            assert (foreign["extracted_at"], own["extracted_at"]) == (None, "2026-01-31T12:00:00Z"), block
            assert own["avatarThumb"] is None, block
            if "followers" in own:
                assert (own["account"], own["dt"]) == ("6309517539566559605", "2026-02-01"), block
                assert (foreign["followers"], own["followers"]) == (11, 111), block
    assert (lakes, tables) == (4, 1)
    with pytest.raises(pl.exceptions.PolarsError, match="schema lengths differ"):
        pl.scan_csv("lake/**/*.csv", infer_schema=False).collect()


def test_a_file_that_is_refused_stops_no_tool(home_of_tools: str, store: ObjectStore) -> None:
    """It is in the lake all the same: an empty file is left out, and a count that is no number is unknown."""
    folder, unknown = "csv/followers/account=42/dt=2026-02-02", "7423456789012345155"
    store.put(f"{folder}/empty.csv", b"", "text/csv")
    store.put(f"{folder}/foreign.csv", csv_file(row(unknown, followers_Count="1.2K")), "text/csv")
    lakes = [found for block, found in results(home_of_tools) if "TIKTOK_DATA" not in block]
    for found in lakes:
        users = {each["Tiktok_id"]: each for each in records(found)}
        assert users.keys() == {*NICKNAMES, unknown}
        assert users[unknown].get("followers") is None
    assert len(lakes) == 4


@pytest.mark.filterwarnings("ignore::pandas.errors.ParserWarning")
def test_a_comma_too_many_makes_no_other_id(home_of_tools: str, store: ObjectStore) -> None:
    """A tool keeps the id, or refuses the file: none takes a name for an id, and none leaves the row out."""
    shifted = "7423456789012345155"
    key = "csv/followers/account=42/dt=2026-02-02/shifted.csv"
    store.put(key, csv_file(row(shifted, uniqueId="name", nickname="a,b")), "text/csv")
    names: dict[str, Any] = {}
    kept = refused = 0
    for text in run_blocks():
        try:
            run(text, home_of_tools, names)
            found = records(names.pop("users")) if "users" in names else None
        except (pl.exceptions.PolarsError, duckdb.Error):
            refused += 1
            continue
        if found is None:
            continue
        if "TIKTOK_DATA" in text:
            break
        assert {each["Tiktok_id"] for each in found} == {*NICKNAMES, shifted}, text
        kept += 1
    assert (kept, refused) == (1, 3)


def test_with_an_account_of_ones_own_a_key_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no local stack is, its variables are not set, and are no arguments."""
    for name in [name for name in os.environ if name.startswith("SNOWFLAKE_")]:
        monkeypatch.delenv(name)
    own = {"account": "a-b", "user": "me", "private_key_file": "/keys/me.p8", "role": "READER", "warehouse": "WH"}
    for name, value in own.items():
        monkeypatch.setenv(f"SNOWFLAKE_{name.upper()}", value)
    names: dict[str, Any] = {}
    (block,) = (text for text in run_blocks() if "arguments = " in text)
    run(block, "", names)
    assert names["arguments"] == own


def test_each_block_that_is_not_run_says_why() -> None:
    """In a sentence; and it is Python all the same."""
    unrun = [block.text for block in blocks(GUIDE) if block.language == "python" and block.text.startswith(NOT_RUN)]
    assert len(unrun) == 3
    for text in unrun:
        assert text.partition("\n")[0].endswith("."), text
        compile(text, str(GUIDE), "exec")
