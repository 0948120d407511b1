"""The quarantine's lines, from what the transform says and the file itself; and where they lie."""

import json
from pathlib import Path
from typing import Any

import pytest

from tiktok_insights.staging.quarantine import quarantine_key, row_fields, write_rejected
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_19, csv_file, row, row_of_14

KEY = "csv/followers/account=42/dt=2026-01-31/a.csv"


def rejected(
    tmp_path: Path, body: bytes, *, refused: Any = (), unsplit: Any = (), header: str = HEADER_19
) -> list[tuple[Any, ...]]:
    """What is written of a file with this body, without the object's key."""
    (tmp_path / "object.csv").write_bytes(body)
    path = tmp_path / "rejected.jsonl"
    write_rejected(path, tmp_path / "object.csv", KEY, header.split(","), refused, unsplit)
    entries = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert {entry.pop("object") for entry in entries} <= {KEY}
    return [tuple(entry.values()) for entry in entries]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_record_is_found_between_blank_and_unsplit_lines(tmp_path: Path, end: str) -> None:
    """Records are numbered without the header, blank lines and unsplit lines; the quarantine has the physical line."""
    lines = ["", row("1"), "2,short", "", row("3", diggCount="x"), row("4"), "", row("5", uniqueId='"a, ""b"""'), "6"]
    found = rejected(
        tmp_path,
        csv_file(*lines, end=end),
        refused=[(2, "diggCount"), (4, "uniqueId")],
        unsplit=[4, 10],
    )
    assert [(line, column, text) for line, column, _, text in found] == [
        (4, None, "2,short"),
        (6, "diggCount", lines[4]),
        (9, "uniqueId", lines[7]),
        (10, None, "6"),
    ]
    assert found[1][2].startswith("diggCount is 'x', but must be an integer")
    assert found[2][2].startswith("uniqueId is 'a, \"b\"', but must be any text")


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        pytest.param("1,ann", None, "the number of fields is 2, not 19", id="too few"),
        pytest.param('"1,ann', None, "the number of fields is 1, not 19", id="half a field"),
        pytest.param(row("1") + ",x", None, "the number of fields is 20, not 19", id="too many"),
        pytest.param("x" * 200_000, None, "the number of fields is 1, not 19", id="a long field"),
        pytest.param("x" * 2_000_001, None, "the line is longer than 2,000,000 bytes", id="too long"),
        pytest.param(
            row("1", nickname='"a, \udcff"'),
            "nickname",
            "nickname is not UTF-8 text",
            id="not UTF-8",
        ),
        pytest.param("\udcff", "Tiktok_id", "Tiktok_id is not UTF-8 text", id="not UTF-8, first"),
        pytest.param(
            row("1") + ",,\udcff",
            None,
            "the number of fields is 21, not 19",
            id="not UTF-8, after the last",
        ),
        pytest.param(
            row("1", avatarThumb="\udcff", nickname="\udcff"),
            "nickname",
            "nickname is not UTF-8 text",
            id="not UTF-8, also in a column that is not read",
        ),
    ],
)
def test_a_line_that_is_no_row_says_why(tmp_path: Path, line: str, column: str | None, reason: str) -> None:
    """In our words, with the column where there is one; bytes that are no text are marked."""
    body = f"{HEADER_19}\n{line}\n".encode(errors="surrogateescape")
    shown = line.replace("\udcff", "\ufffd")
    assert rejected(tmp_path, body, unsplit=[2]) == [(2, column, reason, shown)]


def test_a_file_of_14_columns_is_told_by_its_own_header(tmp_path: Path) -> None:
    """Columns and numbers of fields are those of the file."""
    body = csv_file(row_of_14("1", diggCount="x"), row("2"), header=HEADER_14)
    found = rejected(tmp_path, body, refused=[(1, "diggCount")], unsplit=[3], header=HEADER_14)
    assert [entry[:3] for entry in found][1:] == [(3, None, "the number of fields is 19, not 14")]
    assert found[0][2].startswith("diggCount is 'x', but must be")


def test_odd_characters_are_one_line_of_ascii_each(tmp_path: Path) -> None:
    """NUL, emoji and the line breaks of Unicode neither break the lines nor get lost."""
    texts = [row(f"a\0b\u2028c\x85{n}", nickname="😀") for n in range(3)]
    found = rejected(tmp_path, csv_file(*texts), refused=[(n, "Tiktok_id") for n in (1, 2, 3)])
    assert [entry[3] for entry in found] == texts
    assert [row_fields(entry[3])[0] for entry in found] == [f"a\0b\u2028c\x85{n}" for n in range(3)]


def test_the_key_of_the_quarantine_names_the_version_and_is_never_too_long() -> None:
    """A name that would be too long becomes its digest; two such names stay two."""
    assert quarantine_key(KEY, "e1") == f"quarantine/{KEY}.e1.jsonl"
    folder = KEY.rpartition("/")[0]
    long, other = (f"{folder}/{'é' * 480}{name}.csv" for name in ("a", "b"))
    keys = {quarantine_key(key, "e" * 36) for key in (long, other)}
    assert len(keys) == 2
    assert all(len(key.encode()) <= 1024 and key.startswith(f"quarantine/{folder}/") for key in keys)
