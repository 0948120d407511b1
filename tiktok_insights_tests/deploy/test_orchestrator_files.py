"""The files of deploy/orchestrator: valid, closed to the outside, and the same settings as on a developer's machine."""

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import dagster as dg
import jsonschema
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types

from tiktok_insights.settings.key_pair import new_key_pair
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.test_architecture import pins

DEPLOY = ROOT / "deploy" / "orchestrator"
SCRIPTS = sorted(DEPLOY.glob("*.sh"))
SERVICES = ("postgres", "code-server", "webserver", "daemon")
#: The service that has the keys of the pipeline.
_WITH_KEYS = "code-server"


def read(name: str) -> dict[str, Any]:
    """A YAML file; what `<<` merges is merged."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The Compose file."""
    return read("docker-compose.yaml")


def test_the_compose_file_is_valid(compose: dict[str, Any]) -> None:
    """By the schema of the Compose specification; and the schema refuses what is not."""
    vendored = resources.files("check_jsonschema.builtin_schemas.vendor").joinpath("compose-spec.json")
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(compose)] == []
    assert [error.message for error in validator.iter_errors(read("cloudwatch_logs.yaml"))] == []
    assert list(validator.iter_errors({"services": {"postgres": {"port": ["5432:5432"]}}}))


def test_the_second_compose_file_changes_only_where_the_code_server_logs(compose: dict[str, Any]) -> None:
    """Another driver, whose options take the place of the first one's; Docker creates no group, and no run waits."""
    services = read("cloudwatch_logs.yaml")["services"]
    assert {name: [*service] for name, service in services.items()} == {_WITH_KEYS: ["logging"]}
    logging = services[_WITH_KEYS]["logging"]
    assert logging["driver"] == "awslogs" != compose["services"][_WITH_KEYS]["logging"]["driver"]
    options = logging["options"]
    assert options["awslogs-group"].startswith("${TIKTOK_INSIGHTS_LOG_GROUP:?")
    assert options["awslogs-region"].startswith("${TIKTOK_INSIGHTS_REGION:?")
    assert (options["awslogs-format"], options["mode"]) == ("json/emf", "non-blocking")
    assert "awslogs-create-group" not in options


def test_only_the_webserver_has_a_port_and_only_on_the_loopback_address(compose: dict[str, Any]) -> None:
    """Nothing else of the machine is reachable from outside: no port, no host network."""
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"webserver": ["127.0.0.1:3000:3000"]}
    assert not [name for name, service in compose["services"].items() if "network_mode" in service]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined_checked_and_started_again(compose: dict[str, Any], name: str) -> None:
    """No root, no capability, no Docker socket, no privileges; a health check, a restart policy, bounded logs."""
    service = compose["services"][name]
    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", service["user"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"} & service.keys()
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries", "start_period"} == service["healthcheck"].keys()
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    for volume in service["volumes"]:
        assert volume.split(":")[0] in compose["volumes"] or volume.endswith(".sh:ro"), volume
    assert "docker.sock" not in json.dumps(service)


def test_the_services_are_those_that_were_meant(compose: dict[str, Any]) -> None:
    """And no other; no image is named by a tag that moves."""
    assert set(compose["services"]) == set(SERVICES)
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    tags = [
        *re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE),
        compose["services"]["postgres"]["image"],
    ]
    for tag in tags:
        assert re.fullmatch(r"[a-z]+:[0-9]+\.[0-9]+(\.[0-9]+)?-[a-z-]+", tag), tag
    user_data = (DEPLOY / "user_data.sh").read_text(encoding="utf-8")
    assert len(re.findall(r"^plugin \S+ docker/[a-z-]+:v?[0-9]+\.[0-9]+\.[0-9]+ /\S+$", user_data, re.MULTILINE)) == 2


def test_keys_are_outside_the_repository_and_in_one_container(compose: dict[str, Any]) -> None:
    """The file has no secret; the webserver and the daemon, which run none of our code, get no key."""
    with_files = {name for name, service in compose["services"].items() if "env_file" in service}
    assert with_files == {_WITH_KEYS}
    for entry in compose["services"][_WITH_KEYS]["env_file"]:
        assert re.fullmatch(r"\$\{[A-Z_]+:-/(etc|run)/[a-z_/]+\.env\}", entry["path"])
        assert entry["format"] == "raw"
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name:
                assert value.startswith("${DAGSTER_POSTGRES_PASSWORD:?"), name


def test_the_image_runs_as_no_root_and_installs_what_is_locked() -> None:
    """With hashes, without building anything; only what is listed is sent to the builder."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert "--only-binary :all:" in text
    last_stage = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", last_stage, re.MULTILINE) == ["10001:10001"]
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {word for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE) for word in line.split()[:-1]}
    assert sent == copied
    assert all((ROOT / name).exists() for name in sent)
    assert ignored[1] == "*"


def test_the_images_lock_changes_no_version_of_the_main_one() -> None:
    """The image has what the tests run with, without the local stack and the tools of developers."""
    main, image = pins("requirements.lock"), pins("requirements-orchestrator.lock")
    assert {name: main.get(name) for name in image} == image
    assert {"dagster-postgres", "psycopg2-binary", "dagster-webserver"} <= image.keys()
    assert not {"pytest", "moto", "fakesnow", "mypy", "ruff"} & image.keys()


def test_a_release_unpacks_as_the_machine_unpacks_it(tmp_path: Path) -> None:
    """Into the folder from which the template starts the script; its checksum is the one that is printed."""
    make = ["make", "--no-print-directory", "release"]
    answer = subprocess.run(make, cwd=ROOT, capture_output=True, check=True)  # noqa: S603  # our own Makefile
    release = ROOT / "build" / "tiktok_insights.tar.gz"
    assert answer.stdout.decode().strip() == hashlib.sha256(release.read_bytes()).hexdigest()
    template = (ROOT / "deploy" / "cloudformation" / "orchestrator.yaml").read_text(encoding="utf-8")
    (command,) = re.findall(r"- (tar .*) --file /root/release.tar.gz --directory /root/release\n", template)
    unpack = [*command.split(), "--file", release, "--directory", tmp_path]
    subprocess.run(unpack, check=True)  # noqa: S603  # our own template
    assert os.access(tmp_path / "deploy" / "orchestrator" / "user_data.sh", os.X_OK)
    assert (tmp_path / "requirements-orchestrator.lock").is_file()


def test_dagsters_settings_are_those_of_a_developers_machine() -> None:
    """But for storage and run retries; a run that was killed is launched again, one that failed by itself is not."""
    local = yaml.safe_load((ROOT / "tiktok_insights/runtime/dagster.yaml").read_text(encoding="utf-8"))
    ours = read("dagster.yaml")
    storage, retries = ours.pop("storage"), ours.pop("run_retries")
    assert ours == local
    assert storage["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert retries == {"enabled": True, "max_retries": 0, "retry_on_asset_or_op_failure": False}


def test_a_job_is_launched_again_once_unless_the_sensor_does_that(environment: dict[str, str]) -> None:
    """From its beginning: what its steps hand on is in the memory of the run that was killed."""
    from tiktok_insights.definitions import defs

    retried = {
        job.name: (job.tags.get("dagster/max_retries"), job.tags.get("dagster/retry_strategy"))
        for job in defs().resolve_all_job_defs()
        if isinstance(job, dg.JobDefinition) and not job.name.startswith("__")
    }
    assert retried.pop("load_pending_objects") == (None, None)
    assert set(retried.values()) == {("1", "ALL_STEPS")}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_are_clean(path: Path) -> None:
    """For the shell and for shellcheck; they may be run, and stop at the first error."""
    assert path.stat().st_mode & 0o111
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert re.search(r"^set -eu$", text, re.MULTILINE)
    for command in (["/bin/sh", "-n"], [str(Path(sys.executable).with_name("shellcheck"))]):
        said = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)  # noqa: S603
        assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_secret_becomes_lines_that_the_settings_read() -> None:
    """A key with line breaks is one line, and still the same key; dollars and quotes stay as they are."""
    key = new_key_pair().private
    said = keys_to_env(json.dumps({"RAPIDAPI_KEY": "a$b'c\"d", "SNOWFLAKE_PRIVATE_KEY": key}))
    assert said.returncode == 0, said.stderr
    lines = dict(line.split("=", 1) for line in said.stdout.splitlines())
    assert lines["RAPIDAPI_KEY"] == "a$b'c\"d"
    assert private_key_der(lines["SNOWFLAKE_PRIVATE_KEY"], "") == private_key_der(key, "")


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("RAPIDAPI_KEY=canary-0815", "is not JSON"),
        ('["canary-0815"]', "is not a JSON object"),
        ('{"rapidapi key": "canary-0815"}', "'rapidapi key' is not the name of a variable"),
        ('{"RAPIDAPI_KEY": {"key": "canary-0815"}}', "its value is not a text"),
    ],
)
def test_what_is_no_secret_of_ours_is_refused_without_showing_it(secret: str, why: str) -> None:
    """One sentence with the remedy; nothing of the secret is printed."""
    said = keys_to_env(secret)
    assert said.returncode == 1
    told("<what is wrong with the secret>", why).says(said.stderr.strip().removeprefix("Error: "))
    assert "canary-0815" not in said.stdout + said.stderr


def keys_to_env(secret: str) -> subprocess.CompletedProcess[str]:
    """Run the script as the machine does."""
    command = [sys.executable, str(DEPLOY / "keys_to_env.py")]
    return subprocess.run(command, input=secret, capture_output=True, text=True, check=False)  # noqa: S603
