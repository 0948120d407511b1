"""Clients that answer soon or not at all, and who signs in with them. What is asked belongs in the calls."""

import threading
from dataclasses import dataclass
from typing import Any

from tiktok_insights.clients.aws_errors import hide_sign_in
from tiktok_insights.doctor.side_by_side import Once
from tiktok_insights.resources.opening import aws_arguments
from tiktok_insights.settings.client_settings import AwsSettings

#: A request is sent once: what would be retried in a run is told here.
_PATIENCE: dict[str, Any] = {
    "retries": {"total_max_attempts": 1},
    "connect_timeout": 5,
    "read_timeout": 10,
    "max_pool_connections": 50,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs in: the ARN of a user or of a session of a role. `date` is the service's, as HTTP has it."""

    arn: str
    account: str
    region: str
    date: str

    @property
    def partition(self) -> str:
        """`aws`, or that of China or GovCloud."""
        return self.arn.split(":")[1]

    @property
    def principal(self) -> str:
        """The user or the role, as IAM knows it; a role's path is not in the ARN of its session."""
        kind, _, rest = self.arn.rpartition(":")[2].partition("/")
        if kind != "assumed-role":
            return self.arn
        return f"arn:{self.partition}:iam::{self.account}:role/{rest.partition('/')[0]}"


class Clients:
    """One client for each service, made when it is first used. Safe for many threads."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}
        self.identity = Once(self._identity)

    def get(self, service: str) -> Any:
        """Give the client of a service. Raises boto3's errors, such as that no region is set."""
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        # Two clients of boto3 from two sessions: one session is not made for threads, and is used under the lock.
        session = boto3.Session()
        client = session.client(service, **aws_arguments(self._settings), config=Config(**_PATIENCE))  # type: ignore[call-overload]
        return hide_sign_in(client, self._settings.secret_access_key, self._settings.session_token)

    def _identity(self) -> Identity:
        """Ask who signs in, which needs no permission."""
        client = self.get("sts")
        answer = client.get_caller_identity()
        date = str(answer["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
        return Identity(answer["Arn"], answer["Account"], client.meta.region_name, date)
