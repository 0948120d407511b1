"""Everything that is in the emulator's AWS, to compare before a stack was made and after it was deleted.

Add a service here when a template has one of its resources.
"""

from tiktok_insights_tests.support.cloudformation import Stack

#: How everything of a service that the templates make is listed: the method, and where its answer has the names.
_LISTS = {
    ("s3", "list_buckets"): ("Buckets", "Name"),
    ("glue", "get_databases"): ("DatabaseList", "Name"),
    ("glue", "get_crawlers"): ("Crawlers", "Name"),
    ("glue", "get_connections"): ("ConnectionList", "Name"),
    ("glue", "get_jobs"): ("Jobs", "Name"),
    ("iam", "list_roles"): ("Roles", "Arn"),
    ("iam", "list_instance_profiles"): ("InstanceProfiles", "Arn"),
    ("secretsmanager", "list_secrets"): ("SecretList", "Name"),
    ("logs", "describe_log_groups"): ("logGroups", "logGroupName"),
    ("sns", "list_topics"): ("Topics", "TopicArn"),
    ("sns", "list_subscriptions"): ("Subscriptions", "SubscriptionArn"),
    ("cloudwatch", "describe_alarms"): ("MetricAlarms", "AlarmName"),
    ("ec2", "describe_security_groups"): ("SecurityGroups", "GroupId"),
    ("ec2", "describe_volumes"): ("Volumes", "VolumeId"),
}


def everything(stack: Stack) -> set[tuple[str, str]]:
    """All that is there, of whoever made it, by service and name."""
    found = {
        (method, entry[name])
        for (service, method), (entries, name) in _LISTS.items()
        for entry in getattr(stack.client(service), method)()[entries]
    }
    policies = stack.client("iam").list_policies(Scope="Local")["Policies"]
    budgets = stack.client("budgets").describe_budgets(AccountId="123456789012")["Budgets"]
    ours = [{"Name": "owner-id", "Values": ["123456789012"]}]
    snapshots = stack.client("ec2").describe_snapshots(Filters=ours)["Snapshots"]
    reservations = stack.client("ec2").describe_instances()["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    return {
        *found,
        *(("policies", policy["Arn"]) for policy in policies),
        *(("snapshots", snapshot["SnapshotId"]) for snapshot in snapshots),
        *(("budgets", budget["BudgetName"]) for budget in budgets),
        *(("instances", i["InstanceId"]) for i in instances if i["State"]["Name"] != "terminated"),
    }
