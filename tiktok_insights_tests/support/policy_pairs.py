"""The pairs of action and resource that the managed policies of a CloudFormation template grant.

Only what our template has: Allow, actions without wildcards, and the intrinsics Ref, GetAtt and Sub.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]


class Pair(NamedTuple):
    """An action, and the resource on which it is granted, which may have wildcards."""

    action: str
    resource: str


#: YAML with CloudFormation's tags, each as a pair of its name and its text.
_Loader: Any = type("_Loader", (yaml.SafeLoader,), {})
_Loader.add_multi_constructor("!", lambda _loader, tag, node: (tag, getattr(node, "value", None)))


def granted_pairs(template: Path, values: Mapping[str, str], policies: Sequence[str] | None = None) -> set[Pair]:
    """What the policies grant. `values` are those of parameters, resources and attributes, such as `Bucket.Arn`."""
    resources = yaml.load(template.read_text(encoding="utf-8"), _Loader)["Resources"]  # noqa: S506  # a SafeLoader
    found = set[Pair]()
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and (policies is None or name in policies):
            found.update(_pairs(resource["Properties"]["PolicyDocument"]["Statement"], values))
    return found


def most_specific(pairs: Sequence[Pair], action: str, resource: str) -> Pair | None:
    """Of the pairs that allow a request, the one whose resource says most."""
    allowing = [pair for pair in pairs if pair.action == action and fnmatchcase(resource, pair.resource)]
    return max(allowing, key=lambda pair: len(pair.resource.rstrip("*")), default=None)


def _pairs(statements: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> Iterator[Pair]:
    for statement in statements:
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield Pair(action, _resolved(resource, values))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resolved(value: Any, values: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    tag, text = value
    if tag == "Sub":
        return re.sub(r"\$\{([\w:.]+)\}", lambda found: values[found[1]], text)
    assert tag in ("Ref", "GetAtt"), value
    return values[text]
