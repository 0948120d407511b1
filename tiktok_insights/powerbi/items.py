"""What the files of both items, the model and the report, have in common: where schemas are, how JSON is written."""

import json

from tiktok_insights.powerbi.names import PROJECT, tag

#: The address of Microsoft's schemas. A file names the version by which it is written.
SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"


def platform(type_: str) -> dict[str, object]:
    """What makes a folder an item of the type: without this file, Power BI Desktop and the service refuse it."""
    return {
        "$schema": f"{SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": type_, "displayName": PROJECT},
        "config": {"version": "2.0", "logicalId": tag(f"{PROJECT}.{type_}")},
    }


def json_text(value: object) -> str:
    """Write a JSON file, always the same for the same value."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
