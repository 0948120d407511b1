"""Where the stack's servers listen, as a value, as a file, and as a client's environment."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

REGION = "us-east-1"


@dataclass(frozen=True)
class Endpoints:
    """The addresses of a running stack, all on 127.0.0.1.

    Attributes:
        tiktok_api: base URL of the fake TikTok API.
        aws: endpoint URL for every AWS service.
        snowflake_host: host for the Snowflake connector.
        snowflake_port: port for the Snowflake connector; the protocol is http.
        pid: the stack's process.

    """

    tiktok_api: str
    aws: str
    snowflake_host: str
    snowflake_port: int
    pid: int


@dataclass(frozen=True)
class Announcement:
    """What a running process writes about itself; `started_at` is in seconds since the epoch."""

    endpoints: Endpoints
    started_at: float

    def write(self, path: Path) -> None:
        """Put the announcement at `path` in one step: a reader sees all of it or nothing."""
        temporary = path.with_suffix(".tmp")
        content = {**asdict(self.endpoints), "started_at": self.started_at}
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
        temporary.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Announcement | None":
        """The announcement at `path`; None if there is none, or none that this version understands."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            started_at = float(content.pop("started_at"))
            return cls(Endpoints(**content), started_at)
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return None


def aws_variables(endpoints: Endpoints) -> dict[str, str]:
    """Of `client_environment`, what leads to AWS."""
    return {name: value for name, value in client_environment(endpoints).items() if name.startswith("AWS_")}


def client_environment(endpoints: Endpoints) -> dict[str, str]:
    """The variables that point any AWS or Snowflake client, and the pipeline, at the stack.

    The credentials are no secrets: the stack takes any. Proxies are kept away from the loopback address, and AWS
    clients from their files: these may name a profile, or other endpoints.
    """
    return {
        "AWS_ENDPOINT_URL": endpoints.aws,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SNOWFLAKE_HOST": endpoints.snowflake_host,
        "SNOWFLAKE_PORT": str(endpoints.snowflake_port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_ACCOUNT": "local",
        "SNOWFLAKE_USER": "local",
        "SNOWFLAKE_PASSWORD": "local",
        "SNOWFLAKE_DATABASE": "AMAZON_DB",
        "SNOWFLAKE_SCHEMA": "PUBLIC",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
