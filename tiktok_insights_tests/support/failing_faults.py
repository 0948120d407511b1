"""What goes wrong in a run or in a command: one fault, drawn from all that there are.

How a fault is brought about belongs in `failing_runs` and `disturbed_command`.
"""

import random
from dataclasses import dataclass

from tiktok_insights.local.fake_api.faults.kinds import KINDS
from tiktok_insights_tests.support.failing_places import GLUE_ENDS, POWER_BI_ENDS
from tiktok_insights_tests.support.planted_api import ECHOES
from tiktok_insights_tests.support.planted_files import FILES

#: These wait for longer than any run.
_SLOW = {"slow", "stalled", "429-retry-after-seconds", "429-retry-after-date"}
_AWS_KINDS = ("S3 PUT", "S3 GET", "S3 list", "S3 HEAD", "Glue Create", "Glue Get", "Glue Batch")
_SQL_KINDS = ("SELECT", "INSERT", "COPY", "CREATE", "UPDATE", "MERGE", "DELETE", "BEGIN", "COMMIT", "PUT", "")
#: Words that stand for whom a person types: someone whom no one knows, and the ID or handle of someone in the data.
NOBODY, SOMEBODY, HANDLE = "{nobody}", "{somebody}", "{handle}"
#: Commands that a fault strikes.
COMMANDS = (
    ("doctor", "--format", "json"),
    ("plan",),
    ("verify",),
    ("rebuild",),
    ("replay",),
    ("expire",),
    ("dashboard",),
    ("powerbi", "check"),
    ("retry-refused",),
    ("probe", "fake.40"),
    ("sql", "SELECT COUNT(*) FROM TIKTOK_DATA"),
    ("export", "TIKTOK_DATA", "--out", "exports", "--replace"),
    ("export", "TIKTOK_DATA", "--format", "xlsx", "--out", "exports", "--replace"),
    ("export", "--person", SOMEBODY, "--out", "exports", "--replace"),
    ("forget", SOMEBODY, "--yes", "--out", "receipts"),
    ("forget", SOMEBODY, "--dry-run"),
    ("forget", "--yes", "--out", "receipts"),
)
#: Commands that fail by themselves, or where Dagster's PostgreSQL does not answer.
_FAILING = (
    ("alert", "--test"),
    ("sql", f"SELECT CAST('{NOBODY}' AS INTEGER)"),
    ("sql", f"SELECT {NOBODY} FROM TIKTOK_DATA"),
    ("export", NOBODY),
    ("export", "--person", NOBODY),
    ("forget", NOBODY, "--yes"),
    ("forget", "--account", NOBODY, "--dry-run"),
    ("forget", "--verify", "exports/damaged.json"),
    ("retry-refused", NOBODY),
    ("replay", NOBODY),
    ("glue", "upload"),
    ("orchestrator", "health"),
)
#: Commands that ask the API.
ASKING = (("doctor", "--format", "json"), ("probe", "fake.40"), ("plan",))
_WITHOUT_POSTGRES = (("forget", SOMEBODY, "--yes"), ("run",), ("orchestrator", "health"))
_SOURCES = ("api", "echo", "aws", "sql", "file", "command", "command", "removal", "power bi", "glue", "postgres")


@dataclass(frozen=True)
class Fault:
    """What goes wrong: with which of the sources, and how. With `words`, in a command, and else in a run.

    `kind` is of a request to AWS or the warehouse; for Power BI, the file that the run loads before.
    """

    source: str
    how: str
    kind: str = ""
    number: int = 0
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.source, self.how, self.kind, str(self.number or ""), *self.words)))


def draw(dice: random.Random, source: str = "") -> Fault:
    """Draw a fault; of one source, if it is named."""
    source = source or dice.choice(_SOURCES)
    ways = {
        "api": [kind for kind in KINDS if kind not in _SLOW],
        "echo": [*ECHOES],
        "file": [*FILES],
        "power bi": [*POWER_BI_ENDS],
        "glue": [*GLUE_ENDS],
    }
    if source in ways:
        is_command = source == "echo" and dice.random() < 0.3
        return Fault(source, dice.choice(ways[source]), words=dice.choice(ASKING) if is_command else ())
    if source == "postgres":
        return Fault(source, "no answer", words=dice.choice(_WITHOUT_POSTGRES))
    if source == "removal":
        if dice.random() < 0.2:
            return Fault("job", "unknown", words=("forget_person", NOBODY))
        return _refusal(dice, dice.choice(("aws", "sql")), ("forget_person", dice.choice((SOMEBODY, HANDLE))))
    if source == "command":
        if dice.random() < 0.3:
            return Fault(source, "by itself", words=dice.choice(_FAILING))
        return _refusal(dice, dice.choice(("aws", "sql")), dice.choice(COMMANDS))
    return _refusal(dice, source)


def _refusal(dice: random.Random, source: str, words: tuple[str, ...] = ()) -> Fault:
    """A request to AWS or to the warehouse that fails; of a command or a removal, any of its first ones."""
    how = dice.choice(("echo", "echo", "raise", "sigkill"))
    kinds = _AWS_KINDS if source == "aws" else _SQL_KINDS
    kind = "" if words and dice.random() < 0.5 else dice.choice(kinds)
    is_frequent = kind.startswith("S3") or kind in ("SELECT", "INSERT", "")
    return Fault(source, how, kind, dice.randrange(4 if is_frequent and not words else 2), words)
