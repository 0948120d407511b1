"""Real runs and commands that fail: each has one fault, of the API, AWS, the warehouse, Power BI, Glue or a file.

The home is one for all, as a user has it. All secrets that the settings know are planted, and everyone in the API's
answers and in the files. Which faults there are belongs in `failing_faults`; what may be found where, in `leaks`.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local import stack
from tiktok_insights.local.endpoints import REGION
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights_tests.support.disturbed_command import FAULT, STATEMENTS, WAREHOUSE
from tiktok_insights_tests.support.fail_points import Moment
from tiktok_insights_tests.support.failing_faults import HANDLE, NOBODY, SOMEBODY, Fault
from tiktok_insights_tests.support.failing_places import JOB, POWER_BI_ENDS, let_job_fail
from tiktok_insights_tests.support.fake_power_bi import FakePowerBI, fake_power_bi
from tiktok_insights_tests.support.planted_api import Echo, planted_api
from tiktok_insights_tests.support.planted_files import FILES, FilePerson
from tiktok_insights_tests.support.planted_secrets import plant_keys, secret_variables
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.signs import Signs

_ROOT = Path(__file__).parents[2]
_LIMIT_SECONDS = 600
#: The texts of all statements. A person's own are among them.
_HISTORY = "statements.jsonl"
_ACCOUNTS = ("fake.40", "fake.35.app", "fake.45.mix")
_AWS_CODES = ((403, "AccessDenied"), (400, "InvalidToken"), (403, "SignatureDoesNotMatch"), (412, "PreconditionFailed"))
#: What loads what others have uploaded; the others need no new object.
_LOADING = ("file", "power bi", "glue")
#: A removal stops the local stack, so the deployment is this machine.
_LOCAL = ("forget", "forget_person", "glue", "orchestrator")


@dataclass
class FailingRuns:
    """A home in which runs fail. `outputs` has what each has printed, in files outside of the home.

    `typed` has whom someone has named to a command, by the name of the file with its output, and to a job.
    `sign_ins` is how often Power BI was asked for anything.
    """

    home: Path
    outputs: Path
    command: Path
    signs: Signs
    api: Api
    echo: Echo
    power_bi: FakePowerBI
    key: str
    typed: dict[str, set[str]] = field(default_factory=dict)
    sign_ins: int = 0
    _number: int = 0

    def run(self, fault: Fault, dice: random.Random) -> bool:
        """Let one run, or the fault's command, have the fault. Whether it failed."""
        self._number += 1
        uploads = {"file": fault.how, "glue": "counts of letters", "power bi": fault.kind}
        if name := uploads.get(fault.source):
            self._upload(name)
        if fault.source == "api":
            self.api.post_faults({"kind": fault.how, "page": dice.choice((0, 1, 2))})
        if fault.source == "power bi":
            POWER_BI_ENDS[fault.how](self.power_bi, self.signs)
        self.echo.name = fault.how if fault.source == "echo" else ""
        try:
            is_aws = fault.source == "glue" or (dice.random() < 0.5 and fault.source != "postgres")
            if fault.source == "glue":
                let_job_fail(stack.ensure_running(self.home / ".local").aws, fault.how, self.signs)
            return self._start(fault, dice, is_aws=is_aws and fault.words[:1] not in [(name,) for name in _LOCAL]) != 0
        finally:
            self.echo.name = ""
            self.api.clear_faults()
            self.sign_ins += len(self.power_bi.asked)
            self.power_bi.reset()
            self.power_bi.secret = self.signs.text("AZURE_POWERBI_CLIENT_SECRET")

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

    def _start(self, fault: Fault, dice: random.Random, *, is_aws: bool) -> int:
        variables = {**self.variables(is_aws=is_aws), FAULT: json.dumps(self._told(fault))}
        if fault.source == "power bi":
            variables |= self.power_bi.variables()
            variables["AZURE_POWERBI_CLIENT_SECRET"] = self.signs.text("AZURE_POWERBI_CLIENT_SECRET")
        if fault.source == "postgres":
            variables["DAGSTER_HOME"] = str(self._home_on_postgres())
        if fault.words[:1] == ("forget_person",):
            who, whom = self._whom(fault.words[1], dice)
            self.typed.setdefault("forget_person", set()).add(whom)
            self.typed[self._name_of(str(fault))] = {whom}
            ops = {"forget": {"config": {"reference": who}}}
            return self._call(self._job("forget_person", {"ops": ops}), str(fault), variables)
        if fault.words:
            words = [self._typed(word, fault, dice) for word in fault.words]
            code = self._call(words, str(fault), variables)
            if fault.words[0] == "replay":
                # Its answer is which rows change, by their users' IDs.
                self.typed.setdefault(self._name_of(str(fault)), set()).update(self.signs.known(" user.id"))
            return code
        job = "load_pending_objects" if fault.source in _LOADING else "tiktok_pipeline"
        if is_aws:
            return self._call(self._job(job, self._config(job, fault)), str(fault), variables)
        words = ["run", "--job", job]
        if job == "tiktok_pipeline":
            words += ["--force-new-snapshot", *(["--format", "json"] if self._number % 2 else [])]
        return self._call(words, str(fault), variables)

    def _job(self, job: str, config: dict[str, Any]) -> list[str]:
        path = self.outputs / "run.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        return ["dagster", "job", "execute", "-m", "tiktok_insights.definitions", "-j", job, "-c", str(path)]

    def _typed(self, word: str, fault: Fault, dice: random.Random) -> str:
        """The word as it is typed."""
        for stand_in in (NOBODY, SOMEBODY, HANDLE):
            if stand_in in word:
                who, whom = self._whom(stand_in, dice)
                for name in (self._name_of(str(fault)), *([_HISTORY] if fault.words[0] == "sql" else [])):
                    self.typed.setdefault(name, set()).add(whom)
                return word.replace(stand_in, who)
        return word

    def _whom(self, stand_in: str, dice: random.Random) -> tuple[str, str]:
        """Someone, with what they are; nobody whom one knows, as long as nobody is known."""
        known = self.signs.known({SOMEBODY: " user.id", HANDLE: " user.uniqueId"}.get(stand_in, "-"))
        if not known:
            return self.signs.text(f"typed {self._number}"), f"typed {self._number}"
        whom = dice.choice(sorted(known))
        return known[whom], whom

    def _name_of(self, what: str) -> str:
        return f"{self._number:03} {what}.txt".replace("/", "_").replace("{", "").replace("}", "")

    def _call(self, words: Sequence[str], name: str, environment: dict[str, str]) -> int:
        with (self.outputs / self._name_of(name)).open("wb") as output:
            return subprocess.run(  # noqa: S603  # our own command
                [str(self.command), *words],
                cwd=self.home,
                env={**environment, STATEMENTS: str(self.outputs / _HISTORY)},
                stdin=subprocess.DEVNULL,
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

    def _config(self, job: str, fault: Fault) -> dict[str, Any]:
        ops: dict[str, Any] = {}
        if job == "tiktok_pipeline":
            ops = {"raw_followers": {"config": {"force_new_snapshot": True}}}
        if fault.source == "glue":
            ops = {"staged_tiktok_data": {"config": {"engine": "glue"}}}
        return {"ops": ops, "loggers": {"json" if self._number % 2 else "brief": {}}}

    def _home_on_postgres(self) -> Path:
        """Dagster's home of the orchestrator; its database does not answer."""
        home = self.home / "dagster_on_postgres"
        home.mkdir(exist_ok=True)
        shutil.copy(_ROOT / "deploy" / "orchestrator" / "dagster.yaml", home)
        return home

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
            "TIKTOK_RETENTION_DAYS": "3650",
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": "9",
            "DAGSTER_POSTGRES_USER": "dagster",
            "DAGSTER_POSTGRES_DB": "dagster",
        }
        aws = {
            "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
            "AWS_ENDPOINT_URL": endpoints.aws,
            "AWS_REGION": REGION,
            "ALERT_SNS_TOPIC": "arn:aws:sns:us-east-1:123456789012:alerts",
            "GLUE_JOB": JOB,
            "SNOWFLAKE_ACCOUNT": "myorg-acc",
            "SNOWFLAKE_USER": "loader",
            "SNOWFLAKE_ROLE": "LOADING",
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
            WAREHOUSE: f"127.0.0.1:{endpoints.snowflake_port}",
        }
        secrets = secret_variables(self.signs, self.key, is_aws=is_aws)
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), **ours, **(aws if is_aws else {}), **secrets}

    def _upload(self, name: str) -> None:
        person = FilePerson(self.signs, f"file {self._number} {name}")
        key = f"csv/followers/account=7{self._number}/dt=2026-01-31/{self.signs.text('a handle in a key')}.csv"
        self.store().put(key, FILES[name](person), "text/csv")


@contextmanager
def failing_runs(folder: Path, command: Path, key: Written, signs: Signs) -> Iterator[FailingRuns]:
    """Give a home in which runs fail; its stack is stopped in the end."""
    home, outputs = folder / "home", folder / "outputs"
    for path in (home / "temporary", home / "dagster", home / "exports", home / "receipts", outputs, folder / "api"):
        path.mkdir(parents=True)
    for place, line in enumerate(key.pems["encrypted PKCS#8"].splitlines()[1:-1]):
        signs.own(f"SNOWFLAKE_PRIVATE_KEY, line {place}", line)
    signs.own("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    try:
        service = fake_power_bi(signs.text("AZURE_POWERBI_CLIENT_SECRET"), signs.text("AZURE_POWERBI token"))
        with planted_api(folder / "api", signs) as (api, echo), service as power_bi:
            runs = FailingRuns(home, outputs, command, signs, api, echo, power_bi, key.pems["encrypted PKCS#8"])
            plant_keys(runs.settings, signs)
            who = {signs.text("user planted in a receipt"): signs.number("user planted's ID in a receipt")}
            (home / "exports" / "damaged.json").write_text(json.dumps(who), encoding="utf-8")
            yield runs
    finally:
        stack.stop(home / ".local")
