"""What anybody may put into the bucket, and what it comes to: one table of cases, which lie there all together.

The bytes are written out, and so are the rows that they mean; nothing of the package reads them here.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

from tiktok_insights_tests.support.csv_texts import (
    HEADER_14,
    HEADER_16,
    HEADER_19,
    csv_file,
    fields,
    row,
    row_of_14,
    row_of_16,
)

LOADED, REFUSED, SKIPPED = "loaded", "refused", "skipped"
PREFIX = "csv/followers/"
PLACE = f"{PREFIX}account=42/dt=2026-01-31/"
#: The share of rejected rows above which the cases' run sets an object aside.
MAX_REJECTED_SHARE = 0.5
#: The name of the file in which a user has two handles.
RENAMED = "a rename between two pages"


@dataclass(frozen=True)
class Rejected:
    """A row in the quarantine: its line's number, the column at fault, how the reason begins, and the line."""

    line: int
    column: str | None
    reason: str
    row: str


@dataclass(frozen=True)
class Case:
    """One object. `rows` are the rows that are to be read from it; `says` what its reason must contain."""

    key: str
    body: bytes
    result: str
    rows: tuple[dict[str, str], ...] = ()
    rejected: tuple[Rejected, ...] = ()
    says: tuple[str, ...] = ()
    rejected_unseen: int = 0

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Rows in, staged, duplicate, rejected."""
        users = len({texts["Tiktok_id"] for texts in self.rows})
        rejected = len(self.rejected) + self.rejected_unseen
        return len(self.rows) + rejected, users, len(self.rows) - users, rejected


def good(name: str, body: bytes, *rows: dict[str, str], rejected: tuple[Rejected, ...] = (), key: str = "") -> Case:
    """An object that is loaded, perhaps but for some of its rows."""
    return Case(key or f"{PLACE}{name}.csv", body, LOADED, rows, rejected)


def aside(name: str, body: bytes, *says: str) -> Case:
    """An object that cannot be read at all."""
    return Case(f"{PLACE}{name}.csv", body, REFUSED, says=says)


def skipped(key: str, *says: str, body: bytes = csv_file(row("1"))) -> Case:
    """An object that is no CSV in its place."""
    return Case(key, body, SKIPPED, says=says)


def texts_of_14(tiktok_id: str, **texts: str) -> dict[str, str]:
    """A row of which nobody said when it was taken."""
    unknown = ("counts_exact", "extracted_at", "followed_after", "followed_before", "list_position")
    return fields(tiktok_id, **{**dict.fromkeys(unknown, ""), **texts})


def writings() -> Iterator[Case]:
    """The same rows in every writing that is good CSV."""
    one, two = fields("1"), fields("2", nickname="Bob")
    lines = (row("1"), row("2", nickname="Bob"))
    quoted = ",".join(f'"{name}"' for name in HEADER_19.split(","))
    yield good("19 columns", csv_file(*lines), one, two)
    yield good("LF", csv_file(*lines, end="\n"), one, two)
    yield good("BOM", b"\xef\xbb\xbf" + csv_file(*lines), one, two)
    yield good("no last line end", csv_file(*lines).removesuffix(b"\r\n"), one, two)
    yield good("blank lines", csv_file("", lines[0], "", "", lines[1], "", ""), one, two)
    yield good("quoted header", csv_file(*lines, header=quoted), one, two)
    all_quoted = (",".join(f'"{text}"' for text in line.split(",")) for line in lines)
    yield good("all quoted", csv_file(*all_quoted, header=quoted), one, two)
    yield good("trailing commas", csv_file(lines[0] + ",", lines[1] + ",,"), one, two)
    yield good("a last CR", csv_file(*lines) + b"\r", one, two)
    yield good(
        "14 columns", csv_file(row_of_14("1"), row_of_14("3"), header=HEADER_14), texts_of_14("1"), texts_of_14("3")
    )
    yield good(
        "16 columns",
        csv_file(row_of_16("6"), header=HEADER_16),
        fields("6", followed_after="", followed_before="", list_position=""),
    )
    yield good(
        "14 columns with BOM and LF",
        b"\xef\xbb\xbf" + csv_file(row_of_14("4"), header=HEADER_14, end="\n"),
        texts_of_14("4"),
    )
    yield good("header only", csv_file())
    yield good("header only without its end", HEADER_14.encode())
    yield good("header and blank lines", csv_file("", "", ""))


def names() -> Iterator[Case]:
    """Texts that other programs bend."""
    written = {
        "emoji": "😀👩\u200d👩\u200d👧🇩🇪",
        "scripts": "עברית العربية 日本語 e\u0301 é",
        "NULL": "NULL",
        "null in other words": "None nan N/A \\N",
        "zeros": "007",
        "an exponent": "1e5",
        "a number": "7.42e+18",
        "a formula": '=HYPERLINK("http://x")',
        "spaces": "  two  ",
        "a backslash": "\\",
        "a backslash and a quote": '\\"',
        "10 kB": "x" * 10_000,
        "10 kB of four bytes each": "😀" * 2_500,
        "a comment": "#1",
        "controls": "\x01\x1a\t\x7f",
        "commas": "a,b,,c",
        "quotes": '"a" ""b"" "',
        "a BOM": "\ufeffa",
        "not a character": "\uffff\ufdd0",
    }
    rows = {f"10{place}": text for place, text in enumerate(written.values())}
    lines = [row(key, nickname='"' + text.replace('"', '""') + '"') for key, text in rows.items()]
    plain = [row(key, nickname=text) for key, text in rows.items() if not {'"', ","} & set(text)]
    yield good("names in quotes", csv_file(*lines), *(fields(key, nickname=text) for key, text in rows.items()))
    yield good(
        "names without quotes",
        csv_file(*plain, end="\n"),
        *(fields(key, nickname=text) for key, text in rows.items() if not {'"', ","} & set(text)),
    )
    yield good("NUL in a name", csv_file(row("200", nickname="a\0b"), row("201", nickname="\0")), fields(
        "200", nickname="ab"
    ), fields("201", nickname=""))  # fmt: skip
    yield good(
        "an empty name", csv_file(row("202", nickname="", uniqueId='""')), fields("202", nickname="", uniqueId="")
    )
    yield good("a line of nearly 2 MB", csv_file(row("203", nickname="x" * 1_999_000)), fields(
        "203", nickname="x" * 1_999_000
    ))  # fmt: skip


def renames() -> Iterator[Case]:
    """A user with two handles in one file: no fault, but worth a look."""
    old = fields("7423456789012345777", uniqueId="old.name", extracted_at="2026-01-31T11:00:00Z")
    new = fields("7423456789012345777", uniqueId="new.name", extracted_at="2026-01-31T11:01:00Z")
    yield good(RENAMED, csv_file(*(",".join(texts.values()) for texts in (new, old))), new, old)


def _refused(column: str, *texts: str, first_id: int = 300) -> Case:
    """Rows of which each has another text that the column does not take, and as many good ones."""
    lines, rejected = [], []
    for place, text in enumerate(texts):
        good_id, bad_id = str(first_id + place), str(first_id + 100 + place)
        written = f'"{text}"' if "," in text else text
        bad = row(written) if column == "Tiktok_id" else row(bad_id, **{column: written})
        lines += [row(good_id), bad]
        rejected.append(Rejected(2 * place + 3, column, f"{column} is {text!r}, but must be ", bad))
    return good(
        f"refused texts of {column}",
        csv_file(*lines),
        *(fields(str(first_id + place)) for place in range(len(texts))),
        rejected=tuple(rejected),
    )


def values() -> Iterator[Case]:
    """Ids, counts, booleans and times: what is taken, to the last digit, and what is refused."""
    ids = ["7", "007", "00", "99999999999999999999", "7423456789012345149", "7423456789012345150", "9007199254740993"]
    yield good("ids", csv_file(*map(row, ids)), *map(fields, ids))
    yield _refused(
        "Tiktok_id", "7.42e+18", "1e5", "0", "", " 1", "1 ", "+1", "-1", "1.0", "\uff11\uff12", "\u0663",
        "1" * 21, "ann", "NULL", "'1'", "1\0", "1,2",
    )  # fmt: skip
    yield _refused(
        "heartCount", "NULL", "nan", "None", "12k", "1e5", "7.42e+18", "1,234", "1.5", " 5", "\uff15", "1\0", "inf"
    )
    yield _refused("privateAccount", "yes", "no", "2", "wahr", "1.0", " true", "None")
    yield _refused(
        "extracted_at", "9999-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "2026-01-31 12:00:00", "2026-01-31T12:00:00",
        "2026-01-31T12:00:00+01:00", "2026-02-30T12:00:00Z", "1769860800", "now",
    )  # fmt: skip
    counts = {"followers_Count": "9" * 18, "videoCount": "12.0", "heartCount": "", "friends_Count": "007"}
    yield good("counts", csv_file(row("500", **counts)), fields("500", **counts))
    negative = {"followers_Count": "-1", "diggCount": "-2147483648.0"}
    yield good("negative counts", csv_file(row("501", **negative)), fields("501", **negative))
    booleans = {"Account_verified": "TRUE", "privateAccount": "F", "counts_exact": "0"}
    yield good("booleans", csv_file(row("502", **booleans)), fields("502", **booleans))
    yield good("no boolean", csv_file(row("503", Account_verified="")), fields("503", Account_verified=""))
    for name, time in {
        "an ancient time": "1000-01-01T00:00:00Z",
        "no time": "",
        "µs": "2026-01-31T12:00:00.5Z",
    }.items():
        yield good(name, csv_file(row("504", extracted_at=time)), fields("504", extracted_at=time))
    early, late = "2026-01-30T12:00:00Z", "2026-02-01T12:00:00Z"
    yield good(
        "duplicate users",
        csv_file(row("505", extracted_at=early), row("505", extracted_at=late), row("505"), row("506"), row("506")),
        fields("505", extracted_at=early),
        fields("505", extracted_at=late),
        *(fields("505"), fields("506"), fields("506")),
    )


def broken_rows() -> Iterator[Case]:
    """Rows that are no rows, among good ones."""
    short, long = row("602").rpartition(",")[0], row("603") + ",x"
    yield good(
        "15 and 17 fields",
        csv_file(row("600"), short, long, row("601")),
        fields("600"),
        fields("601"),
        rejected=(
            Rejected(3, None, "the number of fields is 18, not 19", short),
            Rejected(4, None, "the number of fields is 20, not 19", long),
        ),
    )
    two_files = csv_file(row("604")) + b"\xef\xbb\xbf" + csv_file(row("605"))
    yield good(
        "two files in one",
        two_files,
        fields("604"),
        fields("605"),
        rejected=(Rejected(3, "Tiktok_id", r"Tiktok_id is '\ufeffTiktok_id', but must be ", "\ufeff" + HEADER_19),),
    )
    semicolons = row("607").replace(",", ";")
    yield good(
        "a row with semicolons",
        csv_file(row("606"), semicolons),
        fields("606"),
        rejected=(Rejected(3, None, "the number of fields is 1, not 19", semicolons),),
    )
    for name, end, column, reason in (
        ("half a file, cut in a row", "609,ann,An", None, "the number of fields is 3, not 19"),
        (
            "half a file, cut in its last time",
            row("609", list_position="")[:-5],
            None,
            "the number of fields is 18, not 19",
        ),
        ("an end-of-file mark", "\x1a", None, "the number of fields is 1, not 19"),
        ("NULs at the end", "\0" * 4096, None, "the number of fields is 1, not 19"),
        ("spaces at the end", "   ", None, "the number of fields is 1, not 19"),
    ):
        yield good(
            name,
            csv_file(row("608")) + end.encode(),
            fields("608"),
            rejected=(Rejected(3, column, reason, end),),
        )
    yield good(
        "half a file, cut in a character",
        csv_file(row("610")) + b"611,ann,\xf0\x9f\x98",
        fields("610"),
        rejected=(Rejected(3, "nickname", "nickname is not UTF-8 text", "611,ann,\ufffd"),),
    )
    yield good(
        "a row in Latin-1",
        csv_file(row("612"), row("613", nickname="BYTE"), row("614")).replace(b"BYTE", b"Zo\xeb"),
        fields("612"),
        fields("614"),
        rejected=(Rejected(3, "nickname", "nickname is not UTF-8 text", row("613", nickname="Zo\ufffd")),),
    )
    yield good(
        "an id that is no text",
        csv_file(row("615"), row("BYTE")).replace(b"BYTE", b"6\xff"),
        fields("615"),
        rejected=(Rejected(3, "Tiktok_id", "Tiktok_id is not UTF-8 text", row("6\ufffd")),),
    )
    yield good(
        "no text in a column that is dropped",
        csv_file(row("616", avatarLarger="BYTE")).replace(b"BYTE", b"\xff"),
        fields("616"),
    )
    too_long = row("617", nickname="x" * 2_100_000)
    yield good(
        "a line of more than 2 MB",
        csv_file(row("618"), too_long),
        fields("618"),
        rejected=(Rejected(3, None, "the line is longer than 2,000,000 bytes", too_long),),
    )


def other_headers() -> Iterator[Case]:
    """Files whose first line is not the contract's header."""
    look = "copy the line from docs/how_to/own_files.md"
    yield aside("wrong header", csv_file("1,2", header="id,name"), "line 1, column 1 is 'id', not 'Tiktok_id'", look)
    yield aside("no header", csv_file(header=row("1")), "line 1 is a row, not a header", look)
    yield aside("15 columns", csv_file(header=f"{HEADER_14},counts_exact"), "line 1 ends after column 15", look)
    yield aside("20 columns", csv_file(header=f"{HEADER_19},x"), "line 1 has a column 20, '…'", look)
    swapped = HEADER_19.replace("uniqueId,nickname", "nickname,uniqueId")
    yield aside("swapped columns", csv_file(row("1"), header=swapped), "column 2 is 'nickname', not 'uniqueId'", look)
    twice = HEADER_19.replace("nickname", "uniqueId")
    yield aside("a name twice", csv_file(row("1"), header=twice), "column 3 is 'uniqueId', not 'nickname'", look)
    yield aside("lower case", csv_file(header=HEADER_19.lower()), "column 1 is 'tiktok_id', not 'Tiktok_id'", look)
    spaces = HEADER_19.replace(",", ", ")
    yield aside("header with spaces", csv_file(header=spaces), "column 2 is ' uniqueId', not 'uniqueId'", look)
    yield aside("an index column", csv_file(f"0,{row('1')}", header=f",{HEADER_19}"), "column 1 is ''", look)
    yield aside("two BOMs", b"\xef\xbb\xbf" * 2 + csv_file(row("1")), r"column 1 is '\ufeffTiktok_id'", look)
    yield aside("only a BOM", b"\xef\xbb\xbf", "line 1 is empty", look)
    yield aside("only a line end", b"\r\n", "line 1 is empty", look)
    yield aside("a blank first line", b"\n" + csv_file(row("1")), "line 1 is empty", look)
    yield aside("half a header", HEADER_19[:100].encode(), "line 1, column 9 is 'fo', not 'followers_Count'", look)
    yield aside("sep=,", b"sep=,\r\n" + csv_file(row("1")), "line 1, column 1 is 'sep=', not 'Tiktok_id'", look)
    open_quote = HEADER_19.replace("list_position", '"list_position')
    yield aside(
        "header with an open quote", csv_file(row("1"), header=open_quote), "line 1 has an unmatched quote", look
    )
    yield aside("a first line without end", b"x" * 200_000, "line 1 is longer than any header", look)
    yield aside("tabs", csv_file(row("1")).replace(b",", b"\t"), "line 1 has tabs between", "save the file with commas")
    yield aside(
        "semicolons", csv_file(row("1")).replace(b",", b";"), "line 1 has semicolons", "save the file with comm"
    )


def other_kinds() -> Iterator[Case]:
    """Files that are no CSV in UTF-8 at all, under a name that says so."""
    text = csv_file(row("1"), row("2")).decode()
    in_utf_8 = "save it as CSV in UTF-8"
    yield aside("UTF-16", text.encode("utf-16"), "the file is UTF-16 text", in_utf_8)
    yield aside("UTF-16, big end first", b"\xfe\xff" + text.encode("utf-16-be"), "the file is UTF-16 text", in_utf_8)
    yield aside("UTF-16 without BOM", text.encode("utf-16-le"), "line 1 has NUL bytes, like UTF-16 text", in_utf_8)
    yield aside("UTF-32", b"\0\0\xfe\xff" + text.encode("utf-32-be"), "line 1 has NUL bytes", in_utf_8)
    yield aside("NULs", b"\0" * 1000, "line 1 has NUL bytes", in_utf_8)
    yield aside("binary", bytes(range(128, 256)) * 9, "line 1 is not UTF-8 text", "save the file as CSV in UTF-8")
    yield aside("gzip", gzip.compress(text.encode()), "the file is compressed (gzip); unpack it")
    yield aside("a workbook", b"PK\x03\x04\x14\x00\x06\x00", "a ZIP archive or a workbook; save its sheet as CSV")
    yield aside("Parquet", b"PAR1\x15\x04\x15", "the file is Parquet; write its rows as CSV in UTF-8")
    yield aside("JSON", b'[{"Tiktok_id": "1"}]', "the file looks like JSON; write its rows as CSV in UTF-8")
    yield aside("an error page", b"<html><body>Denied", "perhaps an error page; write its rows as CSV in UTF-8")


def other_lines() -> Iterator[Case]:
    """Files that a parser would guess at."""
    double, fold = "double the quotes inside the field, replace line breaks with spaces", "replace it with a space"
    before = row("1")
    for name, nickname in {
        "an unclosed quote": '"Ann',
        "a line break in a field": '"A\nnn"',
        "a CR LF in a field": '"A\r\nnn"',
        "a backslash for a quote": '"A\\"nn"',
    }.items():
        body = csv_file(before, row("2", nickname=nickname), row("3"))
        yield aside(name, body, "line 3, column 3 (nickname) has an unclosed quote or a line break", double)
    yield aside(
        "half a file, cut in quotes", csv_file(before) + b'2,ann,"An', "line 3, column 3 (nickname) has", double
    )
    yield aside(
        "a CR in a field", csv_file(row("2", nickname='"A\rnn"')), "line 2, column 3 (nickname) contains a", fold
    )
    yield aside(
        "old line ends", csv_file(before, row("2"), end="\r"), "line 1 contains a bare CR", "LF or CR LF line endings"
    )
    old = csv_file(end="\n") + f"{before}\r{row('2')}\r".encode()
    yield aside("old line ends after line 1", old, "line 2, column 19 (list_position) contains a line break (CR)", fold)
    one_kind = "save the file with consistent line endings"
    yield aside(
        "mixed line ends",
        csv_file(before) + f"{row('2')}\n".encode(),
        "line 3 has a different line ending from line 1",
        one_kind,
    )
    beside = "has a quote in an unquoted field, or text next to a quoted one; quote the field, and double its quotes"
    for name, nickname in {"a space before a quote": ' "A"', "text after a quote": '"A"nn', "a quote": 'A"n"n'}.items():
        yield aside(name, csv_file(row("2", nickname=nickname)), f"line 2, column 3 (nickname) {beside}")
    yield aside(
        "too many short lines",
        csv_file(before, *["2,ann"] * 10_001),
        "line 3 and 10,000 others are not rows of 19 fields in UTF-8; rewrite them to match the header",
    )
    yield aside(
        "Latin-1",
        csv_file(*[row("2", nickname="Zoë")] * 10_001).decode().encode("latin-1"),
        "line 2 and 10,000 others are not rows of 19 fields in UTF-8; rewrite them to match the header",
    )
    yield aside(
        "a line of more than 8 MB",
        csv_file(before, row("2", nickname="x" * 8_100_000)),
        "line 3 is longer than 8,000,000 bytes; a line ending may be missing",
    )


def faulty_values() -> Iterator[Case]:
    """Files that can be read, but not believed: the audit sets them aside."""
    shifted = [
        ",".join([str(n), "Ann", *[f"https://p16.example/{size}" for size in "lmt"], "true", "false"])
        + f",{n},12,13,14,15,16,"
        for n in range(4)
    ]
    yield Case(
        f"{PLACE}shifted columns.csv",
        csv_file(*shifted, header=HEADER_14),
        REFUSED,
        # 0 and 1 followers are booleans, too.
        rows=(fields("1"),),
        rejected_unseen=3,
        says=(
            "3 of 4 rows are rejected, more than max_rejected_share (0.5) allows",
            f"quarantine/{PLACE}shifted columns.csv.",
            "has the line, column and reason for each. Fix the file and upload it again.",
            f"Or load the other rows: run tiktok-insights retry-refused '{PLACE}shifted columns.csv', then a run with",
            "a higher max_rejected_share for staged_tiktok_data in its config",
        ),
    )
    yield Case(
        f"{PLACE}ids in a column of counts.csv",
        csv_file(row("1"), row("2", diggCount="7423456789012345149")),
        REFUSED,
        rows=(fields("1"), fields("2")),
        says=(
            "1 of 2 rows, such as that of user …2, have a count of 1,000,000,000,000,000,000 or more",
            "Check that the columns are in the header's order, fix the file and upload it again",
        ),
    )

    anna = fields("7123456789012340000", uniqueId="anna")
    bert = fields("7123456789012340000", uniqueId="bert")
    cleo = fields("7223456789012350000", uniqueId="cleo")
    yield Case(
        f"{PLACE}ids from a spreadsheet.csv",
        csv_file(*(",".join(texts.values()) for texts in (anna, bert, cleo))),
        REFUSED,
        rows=(anna, bert, cleo),
        says=(
            "all IDs above 2^53 end in 0000, such as 7123…0000 and 7223…0000: a spreadsheet has",
            "Export the file again from its source with the IDs as text, and upload it again",
        ),
    )


def odd_keys() -> Iterator[Case]:
    """Names that some layer takes for something else; with a rejected row each, as the quarantine has the name too."""
    bad = row("x")
    body = csv_file(row("700"), bad)
    rejected = (Rejected(3, "Tiktok_id", "Tiktok_id is 'x', but must be ", bad),)
    for name in (
        "a b", "a+b", "50%", "%2F%00", "it's", '"quoted"', "\t", "a\\b", "ünï😀", "e\u0301", "a&b=c?d#e",
        "~!@$^*()", "a=b,c;d", "{x}", "[1]", "<a>", "--", "..", "?", ".hidden", "tiktok_user_data-now", "x.csv",
        "é" * ((1024 - len(PLACE) - 4) // 2),
    ):  # fmt: skip
        yield good(name, body, fields("700"), rejected=rejected)
    for key in (
        f"{PREFIX}account=43/dt=2026-01-31/19 columns.csv",
        f"{PREFIX}account=42/dt=2026-02-01/19 columns.csv",
        f"{PREFIX}account=00000000000000000042/dt=2024-02-29/a.csv",
        f"{PREFIX}account=42/dt=2026-01-31/tiktok_user_data-20260131T093000125Z.csv",
    ):
        yield good("", body, fields("700"), rejected=rejected, key=key)


def out_of_place() -> Iterator[Case]:
    """Objects that are skipped, each with its reason."""
    yield skipped(PLACE, "a folder marker; harmless", body=b"")
    yield skipped(f"{PREFIX}account=42/", "a folder marker; harmless", body=b"")
    move = "not directly under csv/followers/account=<account id>/dt=<YYYY-MM-DD>/; move it there"
    for key in (
        "a.csv", "account=42/a.csv", "account=ann/dt=2026-01-31/a.csv", "account=42/dt=2026-1-31/a.csv",
        "account=42/dt=2026-01-31/deeper/a.csv", "Account=42/dt=2026-01-31/a.csv", "dt=2026-01-31/account=42/a.csv",
        "account=/dt=2026-01-31/a.csv", " account=42/dt=2026-01-31/a.csv",
    ):  # fmt: skip
        yield skipped(PREFIX + key, move)
    yield skipped(
        f"{PREFIX}account=42/dt=2026-31-01/a.csv", "2026-31-01 is not a date; move the file to dt=<YYYY-MM-DD>/"
    )
    plain = "not a plain .csv file (in lower case); unpack or rename it, or move it out of csv/followers/"
    for name in ("a.CSV", "b.csv.gz", "c.json", "d.xlsx", "readme.txt", "_SUCCESS", "csv", "e.csv "):
        yield skipped(PLACE + name, plain)
    yield skipped(f"{PLACE}zero bytes.csv", "empty (0 bytes); upload the file again", body=b"")


CASES: tuple[Case, ...] = tuple(
    case
    for kind in (
        writings, names, renames, values, broken_rows, other_headers, other_kinds, other_lines, faulty_values, odd_keys,
        out_of_place,
    )
    for case in kind()
)  # fmt: skip
