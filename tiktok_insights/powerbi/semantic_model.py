"""The files of the semantic model's folder: the model as TMDL, and what makes the folder one."""

import json
from collections.abc import Mapping

from tiktok_insights.powerbi.model.objects import Model
from tiktok_insights.powerbi.names import PROJECT, tag
from tiktok_insights.powerbi.tmdl import definition

FOLDER = f"{PROJECT}.SemanticModel"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"


def files(model: Model) -> Mapping[str, str]:
    """Write the folder's files, by their paths in the project."""
    platform = {
        "$schema": f"{_SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": "SemanticModel", "displayName": PROJECT},
        "config": {"version": "2.0", "logicalId": tag(FOLDER)},
    }
    # From version 4.0 on, the definition may be TMDL.
    properties = {
        "$schema": f"{_SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
        "version": "4.2",
        "settings": {},
    }
    texts = {f"{FOLDER}/definition/{path}": text for path, text in definition(model).items()}
    return {f"{FOLDER}/.platform": _json(platform), f"{FOLDER}/definition.pbism": _json(properties)} | texts


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
