"""One request that shows whether permissions are there, and the reading of its answer.

AWS decides whether a request is allowed before it looks for what the request names. So an answer about what is there
says that the permissions are there, too. Which requests there are belongs in the modules of the services.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Permission
from tiktok_insights.doctor.findings import Outcome, missing, ok, unknown
from tiktok_insights.doctor.side_by_side import Once

#: What services answer to a request that is not allowed.
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "403"}
)
#: "User: … is not authorized to perform: s3:GetObject on resource: "arn:…" because no identity-based policy …":
#: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_NAMED = re.compile(r'not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: "?(?P<resource>[^\s"]+))?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of one action, which needs the permission on all of the resources.

    `refusals` are the errors with which an allowed request ends: it reads what may not be there, or cannot succeed.
    `request` is None where every request that is allowed would change something.
    """

    stage: str
    action: str
    resources: tuple[str, ...]
    request: Callable[[Clients], object] | None
    refusals: tuple[str, ...] = ()

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What the request needs."""
        return tuple(Permission(self.action, resource) for resource in self.resources)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended: allowed, not allowed (with what the service says is missing), or otherwise."""

    code: str = ""
    message: str = ""
    is_expected: bool = True

    @property
    def is_denied(self) -> bool:
        """Whether the request was not allowed."""
        return self.code in DENIED

    def about(self, permission: Permission, *, is_only: bool) -> Outcome:
        """What the answer says of one of the permissions that the request needs; `is_only` if it needs no other."""
        if self.is_denied:
            return self._denied(permission, is_only=is_only)
        if self.is_expected:
            return ok()
        return unknown(f"AWS answered {self.code}: {self.message}", simulation_hint(permission))

    def _denied(self, permission: Permission, *, is_only: bool) -> Outcome:
        found = _NAMED.search(self.message)
        action, resource = (found["action"], found["resource"]) if found else (None, None)
        if action is not None and action.casefold() != permission.action.casefold():
            return unknown(f"The request that would tell needs {action}, too, which is missing.")
        if resource is not None and not is_only and not fnmatchcase(resource, permission.resource):
            return unknown(f"The same permission on {resource} is missing, which AWS looks at first.")
        return missing(f"{permission.action} on {permission.resource} is denied.", permission.statement())


def answers(call: Call, clients: Clients) -> Once[Answer]:
    """The answer to the call, which is sent when it is first needed, and once."""
    return Once(lambda: _send(call, clients))


def _send(call: Call, clients: Clients) -> Answer:
    if call.request is None:
        return Answer("none", "No request tells.", is_expected=False)
    try:
        call.request(clients)
    except ClientError as error:
        code, message = error_code(error), str(error.response.get("Error", {}).get("Message", ""))
        return Answer(code, message, code in call.refusals)
    except BotoCoreError as error:
        return Answer(type(error).__name__, str(error), is_expected=False)
    return Answer()


def simulation_hint(permission: Permission, principal: str = "<ARN of the role>") -> str:
    """The command with which somebody who may read IAM's policies can tell."""
    return (
        f"aws iam simulate-principal-policy --policy-source-arn {principal} "
        f"--action-names {permission.action} --resource-arns '{permission.resource}'"
    )
