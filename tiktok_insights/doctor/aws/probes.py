"""The probes of AWS: who signs in, what must be there, and each permission. How each is told belongs in the calls."""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.doctor.aws.alert_calls import alert_calls
from tiktok_insights.doctor.aws.calls import Answer, Call, answers, simulation_hint
from tiktok_insights.doctor.aws.clients import Clients, Identity
from tiktok_insights.doctor.aws.glue_calls import glue_calls
from tiktok_insights.doctor.aws.names import Names, Permission
from tiktok_insights.doctor.aws.s3_calls import s3_calls
from tiktok_insights.doctor.aws.secret_calls import secret_calls
from tiktok_insights.doctor.findings import Finding, Outcome, Probe, State, Subject, blocked, missing, ok, unknown
from tiktok_insights.doctor.side_by_side import Once, examine

AREA = "aws"
_DEPLOY = (
    "aws cloudformation deploy --template-file deploy/cloudformation/data.yaml --capabilities CAPABILITY_NAMED_IAM"
)
_IDENTITY = Subject(name="credentials", area=AREA, place="AWS")
#: What must be there, by the action whose answer tells, what the answer is where it is not, and the remedy.
_RESOURCES = {
    "s3:ListBucket": ("bucket", "NoSuchBucket", _DEPLOY),
    "glue:GetTable": ("Glue table", "EntityNotFoundException", _DEPLOY),
    "glue:GetCrawler": ("crawler", "EntityNotFoundException", _DEPLOY),
    "glue:GetJobRuns": ("Glue job", "EntityNotFoundException", _DEPLOY),
    "sns:Publish": ("topic", "NotFound", _DEPLOY),
    "secretsmanager:GetSecretValue": (
        "key of the suppression list",
        "ResourceNotFoundException",
        "aws secretsmanager restore-secret, or put-secret-value with your backup",
    ),
}


def calls(names: Names) -> list[Call]:
    """Every request that the doctor sends to AWS, but for the one that asks who signs in."""
    return [*s3_calls(names), *secret_calls(names), *glue_calls(names), *alert_calls(names)]


def sign_in(clients: Clients) -> tuple[Finding, Identity | None]:
    """Who signs in. Without that, nothing else can be told."""
    (found,) = examine([Probe(_IDENTITY, lambda: _identity(clients))])
    return found, clients.identity.get() if found.outcome.state is State.OK else None


def aws_probes(clients: Clients, names: Names, identity: Identity | None) -> Iterator[Probe]:
    """A probe for each resource and for each permission."""
    seen = set[Permission]()
    for call in calls(names):
        answer = answers(call, clients)
        if call.action in _RESOURCES:
            kind, code, remedy = _RESOURCES[call.action]
            subject = Subject(name=kind, area=AREA, place=call.resources[-1], stage=call.stage)
            yield Probe(
                subject,
                lambda answer=answer, code=code, remedy=remedy: _is_there(answer, code, remedy, identity),  # type: ignore[misc]
            )
        for permission in call.permissions:
            if permission in seen:
                continue
            seen.add(permission)
            subject = Subject(name=permission.action, area=AREA, place=permission.resource, stage=call.stage)
            yield Probe(
                subject,
                lambda call=call, answer=answer, permission=permission: _is_granted(  # type: ignore[misc]
                    call, answer, permission, clients, identity
                ),
            )


def _identity(clients: Clients) -> Outcome:
    try:
        return ok(clients.identity.get().arn)
    except NoCredentialsError:
        return missing("There are no AWS credentials.", "aws configure sso")
    except NoRegionError:
        return missing("There is no region.", "AWS_REGION=eu-central-1")
    except ClientError as error:
        is_time = error_code(error) == "RequestTimeTooSkewed" or "Signature expired" in str(error)
        return missing(f"AWS refuses them: {error}", "timedatectl set-ntp true" if is_time else "aws configure sso")
    except BotoCoreError as error:
        return missing(f"AWS cannot be reached: {error}", "Check the network, and AWS_REGION.")


def _is_there(answer: Once[Answer], code: str, remedy: str, identity: Identity | None) -> Outcome:
    if identity is None:
        return blocked("Not signed in to AWS.")
    found = answer.get()
    if found.is_denied:
        return unknown("Looking for it is denied.")
    if found.code.removesuffix("Exception") == code.removesuffix("Exception"):
        return missing("It does not exist.", remedy)
    return ok() if found.is_expected else unknown(f"AWS answered {found.code}: {found.message}")


def _is_granted(
    call: Call, answer: Once[Answer], permission: Permission, clients: Clients, identity: Identity | None
) -> Outcome:
    if identity is None:
        return blocked("Not signed in to AWS.", simulation_hint(permission))
    if call.request is None:
        return _simulated(permission, clients, identity)
    return answer.get().about(permission, is_only=len(call.resources) == 1)


def _simulated(permission: Permission, clients: Clients, identity: Identity) -> Outcome:
    """Ask IAM, which needs a permission that the pipeline itself does not have."""
    hint = simulation_hint(permission, identity.principal)
    try:
        answer = clients.get("iam").simulate_principal_policy(
            PolicySourceArn=identity.principal, ActionNames=[permission.action], ResourceArns=[permission.resource]
        )
    except (BotoCoreError, ClientError):
        return unknown("No request tells without a change, and asking IAM is denied.", hint)
    decisions = [result["EvalDecision"] for result in answer["EvaluationResults"]]
    if decisions == ["allowed"]:
        return ok("says IAM")
    return missing(f"{permission.action} on {permission.resource} is denied, says IAM.", permission.statement())
