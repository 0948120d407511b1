"""How the types of a machine and its alarm are made with boto3, and deleted.

The other types are in `cloudformation_types`.
"""

from collections.abc import Callable
from typing import Any

from tiktok_insights_tests.support.cloudformation_types import Clients, Made, used_up

_Properties = dict[str, Any]


def _security_group(clients: Clients, properties: _Properties, name: str) -> Made:
    ec2 = clients("ec2")
    group = ec2.create_security_group(
        GroupName=name, Description=properties.pop("GroupDescription"), VpcId=properties.pop("VpcId")
    )["GroupId"]
    # Rules of the template take the place of the default one, which lets everything out.
    everything: Any = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    for rule in properties.pop("SecurityGroupEgress"):
        ranges = [{"CidrIp": rule.pop("CidrIp"), "Description": rule.pop("Description")}]
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[{**rule, "IpRanges": ranges}])
    used_up(properties)
    return Made(group, lambda: ec2.delete_security_group(GroupId=group), {"GroupId": group})


def _instance(clients: Clients, properties: _Properties, _: str) -> Made:
    ec2 = clients("ec2")
    tags = [{"ResourceType": "instance", "Tags": properties.pop("Tags")}]
    profile = {"Name": properties.pop("IamInstanceProfile")}
    monitoring = {"Enabled": properties.pop("Monitoring")}
    made = ec2.run_instances(
        MinCount=1, MaxCount=1, TagSpecifications=tags, IamInstanceProfile=profile, Monitoring=monitoring, **properties
    )
    instance = made["Instances"][0]["InstanceId"]
    return Made(instance, lambda: ec2.terminate_instances(InstanceIds=[instance]))


def _volume(clients: Clients, properties: _Properties, _: str) -> Made:
    ec2 = clients("ec2")
    tags = [{"ResourceType": "volume", "Tags": properties.pop("Tags")}]
    volume = ec2.create_volume(TagSpecifications=tags, **properties)["VolumeId"]
    return Made(
        volume,
        lambda: ec2.delete_volume(VolumeId=volume),
        snapshot=lambda: ec2.create_snapshot(VolumeId=volume),
    )


def _alarm(clients: Clients, properties: _Properties, _: str) -> Made:
    cloudwatch, name = clients("cloudwatch"), properties["AlarmName"]
    cloudwatch.put_metric_alarm(**properties)
    return Made(name, lambda: cloudwatch.delete_alarms(AlarmNames=[name]))


MACHINE_TYPES: dict[str, Callable[[Clients, _Properties, str], Made]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Volume": _volume,
}
