"""The names in a deployment's ARNs, and a permission on one of them as a policy statement."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Whose account it is, and what the pipeline's resources are called; an empty name is a resource that is not used.

    `topic` is an ARN.
    """

    partition: str
    region: str
    account: str
    bucket: str
    database: str
    table: str
    job: str = ""
    crawler: str = ""
    topic: str = ""

    def glue(self, resource: str) -> str:
        """The ARN of something of Glue's, such as `catalog` or `job/name`."""
        return f"arn:{self.partition}:glue:{self.region}:{self.account}:{resource}"

    def log_group(self, resource: str) -> str:
        """The ARN of something in a log group."""
        return f"arn:{self.partition}:logs:{self.region}:{self.account}:log-group:{resource}"

    def secret(self, name: str) -> str:
        """The ARN of a secret, which ends in six letters that its name does not have."""
        return f"arn:{self.partition}:secretsmanager:{self.region}:{self.account}:secret:{name}-??????"

    def objects(self, keys: str) -> str:
        """The ARN of objects in the bucket; of the bucket itself for no keys."""
        return f"arn:{self.partition}:s3:::{self.bucket}" + (f"/{keys}" if keys else "")


@dataclass(frozen=True, slots=True)
class Permission:
    """One action on one resource, whose ARN may have wildcards, as a policy grants it."""

    action: str
    resource: str

    def statement(self) -> str:
        """The statement of an IAM policy that grants it."""
        return json.dumps({"Effect": "Allow", "Action": self.action, "Resource": self.resource})
