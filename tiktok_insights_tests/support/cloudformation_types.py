"""How each type of resource in our templates is made with boto3, and deleted.

Add a type here when a template has a new one. Every property is used: one that is not known is an error, from boto3
itself or at the end of the function.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tiktok_insights.clients.bucket_creation import make_if_missing

#: Gives the client of a service.
Clients = Callable[[str], Any]
_Properties = dict[str, Any]
_ACCOUNT = "123456789012"


def _no_snapshot() -> None:
    raise LookupError("The applier does not know how to make a snapshot of this type.")


@dataclass(frozen=True)
class Made:
    """A resource that is there: what `Ref` and `GetAtt` give, and what deletes it; what keeps a snapshot of it."""

    ref: str
    delete: Callable[[], object]
    attributes: Mapping[str, str] = field(default_factory=dict)
    snapshot: Callable[[], object] = _no_snapshot


def used_up(properties: _Properties) -> None:
    """Fail for properties that a function has not taken."""
    if properties:
        raise LookupError(f"The applier does not know the properties {sorted(properties)}.")


def _bucket(clients: Clients, properties: _Properties, _: str) -> Made:
    s3, name = clients("s3"), properties.pop("BucketName")
    make_if_missing(s3, name)
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration=properties.pop("PublicAccessBlockConfiguration")
    )
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=properties.pop("OwnershipControls"))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties.pop("VersioningConfiguration"))
    (encryption,) = properties.pop("BucketEncryption")["ServerSideEncryptionConfiguration"]
    default = encryption["ServerSideEncryptionByDefault"]
    rules: Any = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)
    lifecycle = {"Rules": list(map(_lifecycle_rule, properties.pop("LifecycleConfiguration")["Rules"]))}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration=lifecycle)
    used_up(properties)

    def delete() -> None:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=name, Key=entry["Key"], VersionId=entry["VersionId"])
        s3.delete_bucket(Bucket=name)

    return Made(name, delete, {"Arn": f"arn:aws:s3:::{name}"})


def _lifecycle_rule(rule: _Properties) -> _Properties:
    """A rule as S3's API has it."""
    made = {"ID": rule.pop("Id"), "Status": rule.pop("Status"), "Filter": {"Prefix": rule.pop("Prefix")}}
    if days := rule.pop("ExpirationInDays", None):
        made["Expiration"] = {"Days": days}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            made[name] = rule.pop(name)
    used_up(rule)
    return made


def _bucket_policy(clients: Clients, properties: _Properties, _: str) -> Made:
    s3, bucket = clients("s3"), properties.pop("Bucket")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(properties.pop("PolicyDocument")))
    used_up(properties)
    return Made(bucket, lambda: s3.delete_bucket_policy(Bucket=bucket))


def _database(clients: Clients, properties: _Properties, _: str) -> Made:
    glue, name = clients("glue"), properties["DatabaseInput"]["Name"]
    glue.create_database(**properties)
    return Made(name, lambda: glue.delete_database(Name=name))


def _table(clients: Clients, properties: _Properties, _: str) -> Made:
    glue, database, name = clients("glue"), properties["DatabaseName"], properties["TableInput"]["Name"]
    glue.create_table(**properties)
    return Made(name, lambda: glue.delete_table(DatabaseName=database, Name=name))


def _crawler(clients: Clients, properties: _Properties, _: str) -> Made:
    glue, name = clients("glue"), properties["Name"]
    glue.create_crawler(**properties)
    return Made(name, lambda: glue.delete_crawler(Name=name))


def _connection(clients: Clients, properties: _Properties, _: str) -> Made:
    glue, name = clients("glue"), properties["ConnectionInput"]["Name"]
    glue.create_connection(**properties)
    return Made(name, lambda: glue.delete_connection(ConnectionName=name))


def _job(clients: Clients, properties: _Properties, _: str) -> Made:
    glue, name = clients("glue"), properties["Name"]
    glue.create_job(**properties)
    return Made(name, lambda: glue.delete_job(JobName=name))


def _policy(clients: Clients, properties: _Properties, _: str) -> Made:
    iam = clients("iam")
    document = json.dumps(properties.pop("PolicyDocument"))
    policy = iam.create_policy(
        PolicyName=properties.pop("ManagedPolicyName"),
        Description=properties.pop("Description"),
        PolicyDocument=document,
    )["Policy"]
    used_up(properties)
    return Made(policy["Arn"], lambda: iam.delete_policy(PolicyArn=policy["Arn"]))


def _role(clients: Clients, properties: _Properties, name: str) -> Made:
    iam = clients("iam")
    # The emulator has none of AWS's own policies.
    policies = [arn for arn in properties.pop("ManagedPolicyArns") if not arn.startswith("arn:aws:iam::aws:")]
    trust = json.dumps(properties.pop("AssumeRolePolicyDocument"))
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **properties)["Role"]
    for arn in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)

    def delete() -> None:
        for arn in policies:
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        iam.delete_role(RoleName=name)

    return Made(name, delete, {"Arn": role["Arn"]})


def _instance_profile(clients: Clients, properties: _Properties, name: str) -> Made:
    iam, (role,) = clients("iam"), properties.pop("Roles")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    used_up(properties)

    def delete() -> None:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
        iam.delete_instance_profile(InstanceProfileName=name)

    return Made(name, delete)


def _secret(clients: Clients, properties: _Properties, _: str) -> Made:
    secrets = clients("secretsmanager")
    arn = secrets.create_secret(**properties)["ARN"]
    return Made(arn, lambda: secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True))


def _log_group(clients: Clients, properties: _Properties, _: str) -> Made:
    logs, name = clients("logs"), properties.pop("LogGroupName")
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=properties.pop("RetentionInDays"))
    used_up(properties)
    return Made(name, lambda: logs.delete_log_group(logGroupName=name))


def _topic(clients: Clients, properties: _Properties, _: str) -> Made:
    sns = clients("sns")
    arn = sns.create_topic(Name=properties.pop("TopicName"))["TopicArn"]
    for subscription in properties.pop("Subscription"):
        sns.subscribe(TopicArn=arn, **subscription)
    used_up(properties)

    def delete() -> None:
        # As CloudFormation and SNS do together: the subscriptions of a topic go with it.
        for subscription in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        sns.delete_topic(TopicArn=arn)

    return Made(arn, delete)


def _topic_policy(clients: Clients, properties: _Properties, _: str) -> Made:
    sns, (arn,) = clients("sns"), properties.pop("Topics")
    policy = json.dumps(properties.pop("PolicyDocument"))
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    used_up(properties)
    return Made(arn, lambda: None)


def _budget(clients: Clients, properties: _Properties, _: str) -> Made:
    budgets, budget = clients("budgets"), properties["Budget"]
    budget["BudgetLimit"]["Amount"] = str(budget["BudgetLimit"]["Amount"])
    budgets.create_budget(AccountId=_ACCOUNT, **properties)
    name = budget["BudgetName"]
    return Made(name, lambda: budgets.delete_budget(AccountId=_ACCOUNT, BudgetName=name))


TYPES: dict[str, Callable[[Clients, _Properties, str], Made]] = {
    "AWS::Budgets::Budget": _budget,
    "AWS::Glue::Connection": _connection,
    "AWS::Glue::Crawler": _crawler,
    "AWS::Glue::Database": _database,
    "AWS::Glue::Job": _job,
    "AWS::Glue::Table": _table,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SecretsManager::Secret": _secret,
}
