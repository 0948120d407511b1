"""What IAM policies grant, as a template has them, and how that differs from what was needed.

Only what our policies use: Allow, exact actions, `*` in resources. Conditions are not looked at.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tiktok_insights_tests.support.aws_calls import Call


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource, as a statement of a policy has it."""

    policy: str
    sid: str
    action: str
    resource: str

    def allows(self, call: Call) -> bool:
        """Whether it allows a call. A secret's ARN ends in six letters of its own, which a name does not have."""
        names = {call.resource, f"{call.resource}-{self.resource[-6:]}" if ":secret:" in call.resource else ""}
        pattern = ".*".join(map(re.escape, self.resource.split("*")))
        return self.action == call.action and any(re.fullmatch(pattern, name) for name in names)


def grants(resolved: Mapping[str, Any]) -> Iterator[Grant]:
    """Every grant of a managed policy, whose intrinsics are resolved."""
    policy = resolved["ManagedPolicyName"]
    for statement in resolved["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield Grant(policy, statement["Sid"], action, resource)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def missing(calls: Iterable[Call], granted: Iterable[Grant]) -> list[Call]:
    """The calls that no grant allows."""
    every = list(granted)
    return sorted(call for call in calls if not any(grant.allows(call) for grant in every))


def unused(calls: Iterable[Call], granted: Iterable[Grant]) -> list[Grant]:
    """The grants that no call needs; one with a wildcard in its action is one of them, whatever it allows."""
    every = list(calls)
    return sorted(grant for grant in granted if not any(grant.allows(call) for call in every))
