"""Real runs that fail: each has one fault, drawn from those of the API, AWS, the warehouse and files of others.

The home is one for all, as a user has it. All secrets that the settings know are planted, and everyone in the API's
answers and in the files. What may be found where is the tests' business.
"""

import json
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local import stack
from tiktok_insights.local.fake_api.faults.kinds import KINDS
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row_of_14
from tiktok_insights_tests.support.disturbed_command import FAULT, STATEMENTS
from tiktok_insights_tests.support.fail_points import Moment
from tiktok_insights_tests.support.planted_api import ECHOES, Echo, planted_api
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.signs import Signs

_LIMIT_SECONDS = 240
_ACCOUNTS = ("fake.40", "fake.35.app", "fake.45.mix")
#: These wait for longer than any run.
_SLOW = {"slow", "stalled", "429-retry-after-seconds", "429-retry-after-date"}
_AWS_CODES = ((403, "AccessDenied"), (400, "InvalidToken"), (403, "SignatureDoesNotMatch"), (412, "PreconditionFailed"))
_AWS_KINDS = ("S3 PUT", "S3 GET", "S3 list", "S3 HEAD", "Glue Create", "Glue Get", "Glue Batch")
_SQL_KINDS = ("SELECT", "INSERT", "COPY", "CREATE", "UPDATE", "MERGE", "DELETE", "BEGIN", "COMMIT", "PUT", "")
_SOURCES = ("api", "echo", "aws", "sql", "file")


@dataclass(frozen=True)
class Fault:
    """What goes wrong in a run: with which of the sources, and how."""

    source: str
    how: str
    kind: str = ""
    number: int = 0

    def __str__(self) -> str:
        return " ".join(filter(None, (self.source, self.how, self.kind, str(self.number or ""))))


def draw(dice: random.Random, source: str = "") -> Fault:
    """Draw a fault; of one source, if it is named."""
    source = source or dice.choice(_SOURCES)
    if source == "api":
        return Fault(source, dice.choice([kind for kind in KINDS if kind not in _SLOW]))
    if source == "echo":
        return Fault(source, dice.choice([*ECHOES]))
    if source == "file":
        return Fault(source, dice.choice([*FILES]))
    how = dice.choice(("echo", "echo", "raise", "sigkill"))
    kind = dice.choice(_AWS_KINDS if source == "aws" else _SQL_KINDS)
    return Fault(source, how, kind, dice.randrange(4))


@dataclass
class FailingRuns:
    """A home in which runs fail. `outputs` has what each has printed, in files outside of the home."""

    home: Path
    outputs: Path
    command: Path
    signs: Signs
    api: Api
    echo: Echo
    key: str
    _number: int = 0

    def run(self, fault: Fault, dice: random.Random) -> bool:
        """Let one run have the fault. Whether it failed."""
        self._number += 1
        if fault.source == "file":
            self._upload(fault.how)
        if fault.source == "api":
            page = dice.choice((0, 1, 2))
            self.api.post_faults({"kind": fault.how, "page": page})
        self.echo.name = fault.how if fault.source == "echo" else ""
        try:
            return self._start(fault, is_aws=dice.random() < 0.5) != 0
        finally:
            self.echo.name = ""
            self.api.clear_faults()

    def ask(self, *words: str) -> None:
        """Let a command that only reads say what it sees."""
        self._number += 1
        self._call(words, "-".join(words), self.variables(is_aws=False))

    @property
    def settings(self) -> Settings:
        """What a local run reads."""
        return read_settings(self.variables(is_aws=False))

    def store(self) -> ObjectStore:
        """The bucket."""
        return open_bucket(self.settings.s3)

    def _start(self, fault: Fault, *, is_aws: bool) -> int:
        job = "load_pending_objects" if fault.source == "file" else "tiktok_pipeline"
        words = ["run", "--job", job]
        if is_aws:
            config = self.outputs / "run.json"
            config.write_text(json.dumps(self._config(job)), encoding="utf-8")
            module = "tiktok_insights.definitions"
            words = ["dagster", "job", "execute", "-m", module, "-j", job, "-c", str(config)]
        elif job == "tiktok_pipeline":
            words += ["--force-new-snapshot", *(["--format", "json"] if self._number % 2 else [])]
        return self._call(words, str(fault), {**self.variables(is_aws=is_aws), FAULT: json.dumps(self._told(fault))})

    def _call(self, words: Sequence[str], name: str, environment: dict[str, str]) -> int:
        with (self.outputs / f"{self._number:03} {name}.txt".replace("/", "_")).open("wb") as output:
            return subprocess.run(  # noqa: S603  # our own command
                [str(self.command), *words],
                cwd=self.home,
                env={**environment, STATEMENTS: str(self.outputs / "statements.jsonl")},
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_LIMIT_SECONDS,
                check=False,
            ).returncode

    def _told(self, fault: Fault) -> dict[str, Any]:
        if fault.source not in ("aws", "sql"):
            return {}
        status, code = _AWS_CODES[self._number % len(_AWS_CODES)]
        moment = [*Moment][self._number % len(Moment)].value
        said = f"{self.signs.text('a person in an error of ' + fault.source)} {self.signs.number('an ID in an error')}"
        told = {"where": fault.source, "kind": fault.kind, "number": fault.number, "how": fault.how}
        return {**told, "status": status, "code": code, "moment": moment, "said": said}

    def _config(self, job: str) -> dict[str, Any]:
        endpoints = stack.ensure_running(self.home / ".local")
        server = {"host": "127.0.0.1", "port": endpoints.snowflake_port, "protocol": "http"}
        ops = {"raw_followers": {"config": {"force_new_snapshot": True}}} if job == "tiktok_pipeline" else {}
        logger = "json" if self._number % 2 else "brief"
        return {"resources": {"snowflake": {"config": server}}, "ops": ops, "loggers": {logger: {}}}

    def variables(self, *, is_aws: bool) -> dict[str, str]:
        """The environment of a run, in which every secret is a sign."""
        endpoints = stack.ensure_running(self.home / ".local")
        ours = {
            "TIKTOK_INSIGHTS_HOME": str(self.home / ".local"),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "TMPDIR": str(self.home / "temporary"),
            "TIKTOK_API_URL": self.api.address,
            "TIKTOK_ACCOUNTS": ",".join(_ACCOUNTS),
            "TIKTOK_REQUESTS_PER_MINUTE": "600000",
            "RAPIDAPI_KEY": self.signs.text("RAPIDAPI_KEY") * 2,
            "TIKTOK_PSEUDONYM_KEY": self.signs.text("TIKTOK_PSEUDONYM_KEY"),
            "ALERT_SLACK_URL": f"https://127.0.0.1:9/{self.signs.text('ALERT_SLACK_URL')}",
            "ALERT_WEBHOOK_URL": f"https://127.0.0.1:9/{self.signs.text('ALERT_WEBHOOK_URL')}",
            "AZURE_POWERBI_CLIENT_SECRET": self.signs.text("AZURE_POWERBI_CLIENT_SECRET"),
            "SNOWFLAKE_PRIVATE_KEY": self.key.replace("\n", "\\n"),
            "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
        }
        aws = {
            "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
            "AWS_ENDPOINT_URL": endpoints.aws,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.signs.text("AWS_ACCESS_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": self.signs.text("AWS_SECRET_ACCESS_KEY"),
            "AWS_SESSION_TOKEN": self.signs.text("AWS_SESSION_TOKEN"),
            "SNOWFLAKE_ACCOUNT": "myorg-acc",
            "SNOWFLAKE_USER": "loader",
            "SNOWFLAKE_ROLE": "LOADING",
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        }
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), **ours, **(aws if is_aws else {})}

    def _upload(self, name: str) -> None:
        who = f"file {self._number} {name}"
        person = FilePerson(self.signs, who)
        key = f"csv/followers/account=7{self._number}/dt=2026-01-31/{self.signs.text('a handle in a key')}.csv"
        self.store().put(key, FILES[name](person), "text/csv")


class FilePerson:
    """Whoever is in a file of others: a sign for each name of a text."""

    def __init__(self, signs: Signs, who: str) -> None:
        self._signs = signs
        self._who = who

    def __getitem__(self, name: str) -> str:
        return self._signs.text(f"{self._who} {name}")

    @property
    def number(self) -> str:
        """Their ID."""
        return self._signs.number(f"{self._who} ID")

    def row(self, **texts: str) -> str:
        """A line with them, in which every text is a sign unless it is given."""
        own = {"uniqueId": self["handle"], "nickname": self["nickname"], "avatarLarger": f"https://x/{self['avatar']}"}
        return row_of_14(self.number, **{**own, **texts})


#: Files that are refused, or of which rows are, for each reason that there is.
FILES: dict[str, Any] = {
    "no header": lambda one: csv_file(one.row(), one.row(), header=one.row()),
    "a row as header": lambda one: csv_file(one.row(), header=f"{one['name']},{one['other']}"),
    "a column too many": lambda one: csv_file(one.row(), header=f"{HEADER_14},{one['name']}"),
    "semicolons": lambda one: csv_file(one.row().replace(",", ";"), header=one.row().replace(",", ";")),
    "an ID of letters": lambda one: csv_file(one.row(Tiktok_id=one["an ID"]), header=HEADER_14),
    "counts of letters": lambda one: csv_file(one.row(followers_Count=one["count"]), header=HEADER_14),
    "a flag of letters": lambda one: csv_file(one.row(privateAccount=one["flag"]), header=HEADER_14),
    "an ID in a count": lambda one: csv_file(one.row(heartCount=one.number), header=HEADER_14),
    "an open quote": lambda one: csv_file(f'{one.row()}"', one.row(nickname=f'"{one["open"]}'), header=HEADER_14),
    "too many cells": lambda one: csv_file(f"{one.row()},{one['cell']}", header=HEADER_14),
    "too few cells": lambda one: csv_file(",".join(one.row().split(",")[:5]), header=HEADER_14),
    "Latin-1": lambda one: csv_file(one.row(), header=HEADER_14) + f"\xe4{one['latin']}".encode("latin-1"),
    "two handles": lambda one: csv_file(one.row(), one.row(uniqueId=one["other"]), header=HEADER_14),
    "JSON": lambda one: json.dumps({"users": [{"id": one.number, "nickname": one["nickname"]}]}).encode(),
}


@contextmanager
def failing_runs(folder: Path, command: Path, key: Written, signs: Signs) -> Iterator[FailingRuns]:
    """Give a home in which runs fail; its stack is stopped in the end."""
    home, outputs = folder / "home", folder / "outputs"
    for path in (home / "temporary", home / "dagster", outputs, folder / "api"):
        path.mkdir(parents=True)
    for place, line in enumerate(key.pems["encrypted PKCS#8"].splitlines()[1:-1]):
        signs.own(f"SNOWFLAKE_PRIVATE_KEY, line {place}", line)
    signs.own("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    try:
        with planted_api(folder / "api", signs) as (api, echo):
            yield FailingRuns(home, outputs, command, signs, api, echo, key.pems["encrypted PKCS#8"])
    finally:
        stack.stop(home / ".local")
