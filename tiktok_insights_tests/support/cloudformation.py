"""Applies a CloudFormation template to an AWS emulator, from the template's own text, and deletes it again.

Here: parameters, intrinsics, conditions, and the order of resources. A type or an intrinsic that is not known is an
error. How a resource of a type is made belongs in `cloudformation_types`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types

from tiktok_insights_tests.support.cloudformation_machines import MACHINE_TYPES
from tiktok_insights_tests.support.cloudformation_types import TYPES, Made

_ACCOUNT = "123456789012"
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")
_NO_VALUE = object()
_SECTIONS = {
    "AWSTemplateFormatVersion", "Conditions", "Description", "Metadata", "Outputs", "Parameters", "Resources", "Rules"
}  # fmt: skip


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the same
    """YAML with CloudFormation's tags, such as `!Ref name`, in their long form."""


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


def read_template(path: Path) -> dict[str, Any]:
    """The template, with its intrinsics in their long form."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # a SafeLoader
    return template


@dataclass
class Stack:
    """A stack of a template. `exports` are those of all stacks; this one adds its own.

    Raises ValueError for parameters that the template refuses.
    """

    template: Mapping[str, Any]
    name: str
    aws: Mapping[str, Any]
    parameters: Mapping[str, str]
    exports: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    _values: dict[str, Any] = field(default_factory=dict)

    def create(self) -> dict[str, str]:
        """Make every resource, each after those that it names; give the outputs."""
        if unknown := self.template.keys() - _SECTIONS:
            raise LookupError(f"The applier does not know the sections {sorted(unknown)}.")
        self._values = _checked(self.template["Parameters"], self.parameters)
        for rule in self.template.get("Rules", {}).values():
            for assertion in rule["Assertions"]:
                if not self.resolve(assertion["Assert"]):
                    raise ValueError(assertion["AssertDescription"])
        for logical in self.template["Resources"]:
            self._make(logical)
        for name, output in self.template.get("Outputs", {}).items():
            self.outputs[name] = str(self.resolve(output["Value"]))
            if "Export" in output:
                self.exports[str(self.resolve(output["Export"]["Name"]))] = self.outputs[name]
        return self.outputs

    def delete(self, *, retained: bool = False) -> None:
        """Delete the resources, the last one first; those that outlive the stack stay unless `retained`."""
        for logical in reversed(list(self.made)):
            policy = self.template["Resources"][logical].get("DeletionPolicy", "Delete")
            if policy == "Snapshot":
                self.made[logical].snapshot()
            elif policy not in ("Delete", "RetainExceptOnCreate"):
                raise LookupError(f"The applier does not know the deletion policy {policy}.")
            if retained or policy != "RetainExceptOnCreate":
                self.made.pop(logical).delete()

    def client(self, service: str) -> Any:
        """A client of a service."""
        return boto3.client(service, **self.aws)  # type: ignore[call-overload]

    def _make(self, logical: str) -> Made | None:
        resource = self.template["Resources"][logical]
        if logical in self.made or ("Condition" in resource and not self._holds(resource["Condition"])):
            return self.made.get(logical)
        needed = resource.get("DependsOn", [])
        for other in [needed] if isinstance(needed, str) else needed:
            self._make(other)
        make: Callable[..., Made] = (TYPES | MACHINE_TYPES)[resource["Type"]]
        properties = self.resolve(resource.get("Properties", {}))
        self.made[logical] = make(self.client, properties, f"{self.name}-{logical}")
        return self.made[logical]

    def _holds(self, condition: str) -> bool:
        return bool(self.resolve(self.template["Conditions"][condition]))

    def resolve(self, value: Any) -> Any:
        """A value of the template without intrinsics."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (intrinsic := next(iter(value))) and (intrinsic == "Ref" or intrinsic[:4] == "Fn::"):
            return self._intrinsic(intrinsic, value[intrinsic])
        found = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in found.items() if item is not _NO_VALUE}

    def _intrinsic(self, name: str, given: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(given)
            case "Fn::GetAtt":
                return self._attribute(*given)
            case "Fn::Sub":
                return _PLACEHOLDER.sub(lambda found: str(self._named(found.group(1))), given)
            case "Fn::Equals":
                return self.resolve(given[0]) == self.resolve(given[1])
            case "Fn::Not":
                return not self.resolve(given[0])
            case "Fn::EachMemberEquals":
                return {*self.resolve(given[0])} == {self.resolve(given[1])}
            case "Fn::ValueOfAll":
                return self._values_of_all(*given)
            case "Fn::If":
                return self.resolve(given[1] if self._holds(given[0]) else given[2])
            case "Fn::Join":
                return given[0].join(map(str, self.resolve(given[1])))
            case "Fn::Base64":
                return self.resolve(given)
            case "Fn::ImportValue":
                return self.exports[self.resolve(given)]
        raise LookupError(f"The applier does not know {name}.")

    def _values_of_all(self, kind: str, attribute: str) -> list[str]:
        """What a rule asks about all subnets that parameters name."""
        assert kind == "AWS::EC2::Subnet::Id"
        given = [self._values[name] for name, found in self.template["Parameters"].items() if found["Type"] == kind]
        return [subnet[attribute] for subnet in self.client("ec2").describe_subnets(SubnetIds=given)["Subnets"]]

    def _named(self, name: str) -> Any:
        logical, dot, attribute = name.partition(".")
        return self._attribute(logical, attribute) if dot else self._ref(logical)

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": _ACCOUNT,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": self.aws["region_name"],
            "AWS::StackName": self.name,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._values:
            return self._values[name]
        made = self._make(name)
        assert made, f"{name} is not made under the given conditions"
        return made.ref

    def _attribute(self, logical: str, attribute: str) -> str:
        made = self._make(logical)
        assert made, f"{logical} is not made under the given conditions"
        return made.attributes[attribute]


def _checked(described: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters, as CloudFormation checks them."""
    if unknown := given.keys() - described.keys():
        raise ValueError(f"no parameters: {unknown}")
    values: dict[str, Any] = {}
    for name, parameter in described.items():
        if (value := given.get(name, parameter.get("Default"))) is None:
            raise ValueError(f"{name} has no value")
        text = str(value)
        if (pattern := parameter.get("AllowedPattern")) and not re.fullmatch(pattern, text):
            raise ValueError(f"{name} is {text}, which does not match {pattern}")
        if (allowed := parameter.get("AllowedValues")) and text not in map(str, allowed):
            raise ValueError(f"{name} is {text}, and not one of {allowed}")
        number = parameter["Type"] == "Number"
        if number and not parameter.get("MinValue", 0) <= int(text) <= parameter.get("MaxValue", int(text)):
            raise ValueError(f"{name} is {text}, which is out of range")
        values[name] = int(text) if number else text
    return values
