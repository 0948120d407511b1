"""The semantic model in the repository: its gates are green, and each is red for a model with one fault."""

import shutil
from pathlib import Path

import pytest

from tiktok_insights_tests.powerbi.gates import model, sources
from tiktok_insights_tests.powerbi.gates.model_reader import FOLDER, read_model
from tiktok_insights_tests.support.documents import ROOT

PROJECT = ROOT / "powerbi"
STATS, DATES, USERS = "tables/ACCOUNT_STATS.tmdl", "tables/DATES.tmdl", "tables/TIKTOK_DATA.tmdl"


def test_the_model_is_sound() -> None:
    """Names, tags, DAX references, relationships and dates; and it is the whole model that was read."""
    assert model.problems(PROJECT) == []
    files = read_model(PROJECT)
    assert files.tables.keys() == sources.contract().keys() | {"DATES"}
    assert len(files.parameters) == 6
    accounts = [node for node in files.relationships if node.properties["toColumn"] == "ACCOUNT_COVERAGE.ACCOUNT_ID"]
    assert len(accounts) == sum("ACCOUNT_ID" in columns for columns in sources.contract().values()) - 1


def test_what_is_read_is_what_the_contract_has() -> None:
    """In M, in the model and in the warehouse: the same columns, in the same order, of types that agree."""
    assert sources.problems(PROJECT) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("model.tmdl", "\tdiscourageImplicitMeasures\n", "", "the model has implicit measures"),
        ("model.tmdl", "Enabled = 0", "Enabled = 1", "hidden date tables"),
        ("model.tmdl", "ref table DATES\n", "", "model.tmdl names other tables"),
        (STATS, "\tcolumn VIDEOS\n", "\tcolumn HEARTS\n", "ACCOUNT_STATS: hearts appears twice"),
        (STATS, "\t/// The account.\n", "", "column ACCOUNT_ID has no description"),
        (STATS, "\t\tsummarizeBy: none\n", "", "column ACCOUNT_ID would be summed"),
        (STATS, "DAY(ACCOUNT_STATS[LOOKED_AT])", "DAY(ACCOUNT_STATS[LOKED_AT])", "no ACCOUNT_STATS[LOKED_AT]"),
        (STATS, "IF(NOT", "IF([Missing] = 1 && NOT", "column LOOKED_ON: there is no measure [Missing]"),
        (STATS, "DAY(ACCOUNT_STATS[LOOKED_AT]))", "DAY(ACCOUNT_STATS[LOOKED_AT]", "LOOKED_ON: a bracket"),
        (DATES, '"DAY"', '"DAY', "table DATES: a bracket or a quote"),
        (DATES, "[Value])", "[Value]}", "table DATES: a bracket or a quote"),
        (STATS, "table ACCOUNT_STATS", "tables ACCOUNT_STATS", "line 2: 'tables ACCOUNT_STATS' is no object"),
        (STATS, "\tcolumn LOOKED_AT\n", "\t\tcolumn LOOKED_AT\n", "is indented wrongly"),
        (DATES, "\tdataCategory: Time\n", "", "not one date table"),
        (USERS, "dataType: string", "dataType: int64", "column TIKTOK_ID is an ID, but no text"),
        ("relationships.tmdl", ": ACCOUNT_STATS.ACCOUNT_ID", ": ACCOUNT_STATS.ID", "no ACCOUNT_STATS.ID"),
        (STATS, "\t\tsourceColumn: HANDLE\n", "\t\tsortByColumn: NAME\n", "HANDLE is sorted by NAME"),
        ("relationships.tmdl", "ACCOUNT_STATS.LOOKED_ON", "ACCOUNT_STATS.HANDLE", "relates columns of types"),
        ("relationships.tmdl", "toColumn: DATES", "isActive: false\n\ttoColumn: DATES", "is more than many to one"),
        ("relationships.tmdl", ": ACCOUNT_STATS.ACCOUNT_ID", ": DATES.ACCOUNT_ID", "reach"),
    ],
    ids=lambda value: str(value)[:40].strip(),
)  # fmt: skip
def test_a_fault_in_the_model_is_found(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    """One change to one file, and the gate says what it is."""
    folder = changed(tmp_path, file, old, new)
    assert any(problem in found for found in model.problems(folder)), model.problems(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (STATS, '"HEARTS", "VIDEOS"', '"HEARTS"', "the query reads the columns"),
        (STATS, '{"HEARTS", Int64.Type}', '{"HEARTS", type number}', "the query gives the types"),
        (STATS, "sourceColumn: HEARTS", "sourceColumn: VIDEOS", "HEARTS is read from VIDEOS"),
        (STATS, "dataType: int64", "dataType: double", "FOLLOWERS is double in the model, not int64"),
        (STATS, 'Kind="View"', 'Kind="Table"', "the kind is Table, not View"),
        (STATS, '"ACCOUNT_STATS",Kind', '"account_stats",Kind', "the table is account_stats, not ACCOUNT_STATS"),
        (STATS, 'Implementation="2.0"', 'Implementation="1.0"', "reads otherwise"),
        (STATS, "mode: import", "mode: directQuery", "not imported"),
        (USERS, "[Name=SnowflakeTableSchema", "[Name=SnowflakeSchema", "the schema is SnowflakeSchema"),
        (USERS, "\tcolumn DIGG_COUNT\n", "\tcolumn DIG_COUNT\n", "TIKTOK_DATA: the model has the columns"),
        ("expressions.tmdl", "expression SnowflakeRole", "expression Role", "there is no parameter SnowflakeRole"),
        ("expressions.tmdl", "meta [IsParameterQuery=true, ", "meta [", "is no parameter"),
    ],
    ids=lambda value: str(value)[:40].strip(),
)  # fmt: skip
def test_a_fault_in_what_is_read_is_found(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    """One change to one file, and the gate says what it is."""
    folder = changed(tmp_path, file, old, new)
    assert any(problem in found for found in sources.problems(folder)), sources.problems(folder)


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the project with the first of these texts in a file replaced."""
    copy = folder / "powerbi"
    shutil.copytree(PROJECT, copy)
    path = copy / FOLDER / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return copy
