"""A document, typed as people type it: its blocks in their order, in a home in which `make run` was run.

Blocks by their language: `sh` is run, and a `text` right after it is what it prints; `sql` is run; `ini` goes into .env
for the rest of the document; `yaml` that begins with a comment `# run.yaml` becomes that file.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tiktok_insights.local import stack
from tiktok_insights.tiktok.client import PUBLIC_URL
from tiktok_insights_tests.support.cli_user import BIN, CliUser, cli_user_in
from tiktok_insights_tests.support.documents import ROOT, Block, blocks, name

#: Commands that are not typed here: why not, and what covers them.
NOT_TYPED = {
    "make test": "this test is part of it",
    "make ui": "it stays until Ctrl-C; cli/test_ui.py and test_reboot.py start it and end it",
    "aws s3 presign s3://project-with-tiktok-data/exports/dashboard/index.html --expires-in 86400": "needs AWS",
    ". .venv/bin/activate": "the user's PATH has the environment's commands already",
}
#: Typed once, in an empty home, before all documents; a second time is test_end_to_end's.
FIRST = "make run"
#: Blocks with one of these settings are not written here: they lead to nobody's AWS, Snowflake or Slack.
#: settings/test_environment.py reads them.
ELSEWHERE = {
    "TIKTOK_INSIGHTS_DEPLOYMENT=aws",
    "ALERT_SLACK_URL=https://hooks.slack.com/services/your/own/url",
}

#: What differs from run to run: ids of runs and snapshots, times, durations, the width of a column, and how the command
#: is typed, which depends on whether the environment is activated.
_VARYING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<run>"),
    (r"\d{8}T\d{9}Z", "<snapshot>"),
    (r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?", "<time>"),
    (r"\bin \d+ s\b", "in <n> s"),
    (r"\S*/tiktok-insights\b", "tiktok-insights"),
    (r"-{2,}", "--"),
    (r"\s+", " "),
)


@pytest.fixture(scope="module")
def cli_user(tmp_path_factory: pytest.TempPathFactory, warm_cli: Path) -> Iterator[CliUser]:
    """A user after `make setup`."""
    with cli_user_in(tmp_path_factory.mktemp("cli_user"), warm_cli) as user:
        assert user.command("init").returncode == 0
        yield user


@pytest.fixture(scope="module")
def first_run(cli_user: CliUser) -> str:
    """What the first `make run` prints."""
    return printed(cli_user.shell(recipe(FIRST)))


def printed(answer: subprocess.CompletedProcess[str]) -> str:
    """What a command has printed; it must have succeeded."""
    assert answer.returncode == 0, f"{answer.args}\n{answer.stdout}\n{answer.stderr}"
    return answer.stdout + answer.stderr


def recipe(command: str) -> str:
    """The lines that the Makefile has for `make <target>`, with the commands of this environment."""
    target = command.removeprefix("make ")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found, command
    lines = [line.removeprefix("\t").removeprefix("@") for line in found[1].splitlines()]
    return "\n".join(lines).replace("$(BIN)", shlex.quote(str(BIN)))


def without_comment(line: str) -> str:
    """A line of a shell as it is typed."""
    return line.partition("  #")[0].strip()


def script(block: Block) -> str:
    """What is typed of a block: without the commands that are not, and with the Makefile's lines in place of make."""
    lines = []
    for line in block.text.splitlines():
        typed = without_comment(line)
        if typed.startswith("make ") and typed not in NOT_TYPED:
            lines.append(recipe(typed))
        elif typed not in NOT_TYPED:
            lines.append(line)
    return "\n".join(lines)


def steady(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, instead in _VARYING:
        line = re.sub(pattern, instead, line)
    return line.strip()


def missing_line(shown: str, output: str) -> str | None:
    """The first line of a document's `text` that is not printed, in its order; None when all are.

    Three dots stand for what is left out.
    """
    lines = iter([steady(line) for line in output.splitlines()])
    for line in shown.splitlines():
        pattern = ".*".join(map(re.escape, steady(line).split("...")))
        if line.strip() not in ("", "...") and not any(re.fullmatch(pattern, found) for found in lines):
            return line
    return None


@contextmanager
def own_settings(cli_user: CliUser) -> Iterator[Path]:
    """The .env of the home, which is afterwards what it was before."""
    path = cli_user.home / ".env"
    before = path.read_text(encoding="utf-8")
    try:
        yield path
    finally:
        path.write_text(before, encoding="utf-8")


def type_guide(cli_user: CliUser, first_run: str, guide: Path) -> None:
    """Type a document. Each command must exit with 0 and print what the document shows, in the document's order."""
    # The real API's address and an account of one's own are those of the fake API here.
    api = stack.ensure_running(cli_user.home / ".local").tiktok_api
    substitutes = {PUBLIC_URL: api, "your.handle": "fake.30"}
    output: str | None = None
    with own_settings(cli_user) as env_file:
        for block in blocks(guide):
            text = block.text
            for real, here in substitutes.items():
                text = text.replace(real, here)
            if block.language == "text" and output is not None:
                line = missing_line(text, output)
                assert line is None, f"{name(guide)} shows what is not printed: {line}\nPrinted:\n{output}"
            output = _typed(cli_user, Block(block.language, text), first_run, env_file)


def _typed(cli_user: CliUser, block: Block, first_run: str, env_file: Path) -> str | None:
    """Do what a document says in a block. Gives what was printed, if a `text` right after it is held against that."""
    output = None
    if block.language == "sh":
        is_first = {without_comment(line) for line in block.text.splitlines()} - NOT_TYPED.keys() == {FIRST}
        output = first_run if is_first else printed(cli_user.shell(script(block)))
    elif block.language == "sql":
        assert printed(cli_user.command("sql", block.text)).endswith(" rows\n")
    elif block.language == "ini" and ELSEWHERE.isdisjoint(block.text.splitlines()):
        assert not re.search("://(?!127.0.0.1:)", block.text), "a test asks nobody outside"
        env_file.write_text(env_file.read_text(encoding="utf-8") + block.text, encoding="utf-8")
    elif block.language == "yaml" and block.text.startswith("# run.yaml\n"):
        (cli_user.home / "run.yaml").write_text(block.text, encoding="utf-8")
    return output
