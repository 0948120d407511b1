"""A run of one step whose config changes fields of a resource, as a person does in the Launchpad."""

from collections.abc import Callable
from typing import Any, TypeVar

import dagster as dg

from tiktok_insights.resources.client_resource import ClientResource

_Resource = TypeVar("_Resource", bound=ClientResource)


def run_with(resource: _Resource, config: dict[str, Any], use: Callable[[_Resource], object]) -> None:
    """Run a job in which `use` is given the resource with these fields changed; what it raises is raised."""

    @dg.op(required_resource_keys={"client"})
    def ask(context: dg.OpExecutionContext) -> None:
        use(context.resources.client)

    @dg.job(resource_defs={"client": resource})
    def asking() -> None:
        ask()

    asking.execute_in_process({"resources": {"client": {"config": config}}})
