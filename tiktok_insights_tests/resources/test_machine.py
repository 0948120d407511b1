"""What the machine is configured for: nothing of it reaches the local stack, and all of it counts in `aws`."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tiktok_insights.resources.opening import open_api_client, open_bucket, open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights_tests.support.private_keys import Written
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.sign_in import logins, snowflake_server
from tiktok_insights_tests.support.signatures import Signature

pytestmark = pytest.mark.commands

_PROXIES = [name for kind in ("http_proxy", "https_proxy", "all_proxy") for name in (kind, kind.upper())]
_UNSET = ("NO_PROXY", "no_proxy", "CI")
#: Beside the proxies, and the files that a test writes.
_NONSENSE = {
    "AWS_PROFILE": "ghost",
    "AWS_DEFAULT_PROFILE": "ghost",
    "AWS_ENDPOINT_URL": "nonsense",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_CA_BUNDLE": "/nonsense",
    "REQUESTS_CA_BUNDLE": "/nonsense",
    "CURL_CA_BUNDLE": "/nonsense",
    "SSL_CERT_FILE": "/nonsense",
    "AWS_REGION": "nowhere",
    "AWS_DEFAULT_REGION": "nowhere",
    "AWS_ACCESS_KEY_ID": "nonsense",
    "AWS_SESSION_TOKEN": "nonsense",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_MAX_ATTEMPTS": "nonsense",
    "AWS_DEFAULTS_MODE": "nonsense",
    "AWS_DATA_PATH": "/nonsense",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "nonsense",
    "AWS_REQUEST_CHECKSUM_CALCULATION": "nonsense",
    "SNOWFLAKE_ACCOUNT": "!!",
    "SNOWFLAKE_USER": "nonsense",
    "SNOWFLAKE_PASSWORD": "nonsense",
    "SNOWFLAKE_HOST": "nonsense",
    "SNOWFLAKE_PORT": "nonsense",
    "SNOWFLAKE_PRIVATE_KEY": "nonsense",
    "SNOWFLAKE_CONNECTIONS": "[[",
    "SNOWFLAKE_DEFAULT_CONNECTION_NAME": "ghost",
}
_AWS_FILE = "[default]\nregion = nowhere\ns3 =\n  use_accelerate_endpoint = true\nbroken line\n"

#: In a process of its own: some of the clients look at the machine when they are imported.
_SCRIPT = """
import json, sys
import dagster as dg
from click.testing import CliRunner
from tiktok_insights.cli import main
from tiktok_insights.definitions import resources_for
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.settings.environment import read_settings

results = {}
for words in json.loads(sys.argv[1]):
    answer = CliRunner().invoke(main, words)
    results[" ".join(words)] = [answer.exit_code, answer.output[-2000:]]
resources = {name: item for name, item in resources_for(read_settings()).items() if name in ("s3", "snowflake")}
with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance, resources=resources) as context:
    results["tick"] = [0, new_s3_objects_sensor(context).skip_message]
print(json.dumps(results))
"""


def write_files(folder: Path) -> dict[str, str]:
    """Write configuration files of which none can be read; give the variables that name them."""
    for name, text in (("aws", _AWS_FILE), ("connections.toml", "[[nonsense"), ("config.toml", "nonsense = [")):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    aws = str(folder / "aws")
    return {"AWS_CONFIG_FILE": aws, "AWS_SHARED_CREDENTIALS_FILE": aws, "SNOWFLAKE_HOME": str(folder)}


def test_nothing_of_the_machine_reaches_the_local_stack(environment: dict[str, str], tmp_path: Path) -> None:
    """All commands and a tick of the sensor work under a machine full of nonsense, and no proxy is asked anything."""
    commands = [["run", "--account", "corner.bakery"], ["plan"], ["probe", "corner.bakery"], ["local", "status"]]
    commands += [["sql", "SELECT COUNT(*) AS N FROM TIKTOK_DATA"], ["retry-refused"]]
    with scripted(Reply(502)) as proxy:
        variables = {name: value for name, value in os.environ.items() if name not in _UNSET}
        variables |= _NONSENSE | dict.fromkeys(_PROXIES, proxy.address) | write_files(tmp_path)
        variables["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        command = [sys.executable, "-c", _SCRIPT, json.dumps(commands)]
        answer = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - ours
        assert answer.returncode == 0, answer.stderr
        results = json.loads(answer.stdout.splitlines()[-1])
        assert {words: code for words, (code, _) in results.items() if code} == {}, results
        assert results["tick"][1] == "All 1 objects are in the ledger."
        assert results["sql SELECT COUNT(*) AS N FROM TIKTOK_DATA"][1].split()[2] == "29"
        assert proxy.asked == []
        # It would have heard of a request.
        requests.Session().get("http://nowhere.example/", proxies={"http": proxy.address}, timeout=10)
        assert len(proxy.asked) == 1


def test_aws_has_the_machines_profile_and_proxy(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, Written]
) -> None:
    """S3, Snowflake and the API are asked through the proxy, S3 with region and key of the profile."""
    (tmp_path / "config").write_text(
        "[profile work]\nregion = eu-west-3\naws_access_key_id = of-the-profile\naws_secret_access_key = secret\n"
        "endpoint_url = http://s3.example\n"
    )
    with scripted(Reply()) as proxy, snowflake_server() as snowflake_proxy:
        for name, value in {
            "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_PROFILE": "work",
            "http_proxy": proxy.address,
            "TIKTOK_API_URL": "http://api.example",
            "RAPIDAPI_KEY": "a-key",
            "SNOWFLAKE_ACCOUNT": "myorg-acc",
            "SNOWFLAKE_USER": "loader",
            "SNOWFLAKE_ROLE": "LOADING",
            "SNOWFLAKE_PRIVATE_KEY": keys["RSA"].pems["PKCS#8"],
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        }.items():
            monkeypatch.setenv(name, value)
        for name in _UNSET:
            monkeypatch.delenv(name, raising=False)
        settings = read_settings()
        open_bucket(settings.s3)
        signature = Signature.of(proxy.asked[0])
        assert (signature.key_id, signature.region) == ("of-the-profile", "eu-west-3")
        assert proxy.asked[0].headers["host"].endswith("s3.example")
        with pytest.raises(TikTokError):
            open_api_client(settings.tiktok).account("somebody")
        assert proxy.asked[-1].headers["host"] == "api.example"
        monkeypatch.setenv("http_proxy", snowflake_proxy.address)
        with open_session(replace(settings.snowflake, host="sf.example", port=80, protocol="http"), "test"):
            pass
        (login,) = logins(snowflake_proxy)
        assert (login.account, login.host) == ("myorg-acc", "sf.example")
