"""The files of the semantic model's folder: the model as TMDL, and what makes the folder one."""

from collections.abc import Mapping

from tiktok_insights.powerbi.items import SCHEMAS, json_text, platform
from tiktok_insights.powerbi.model.objects import Model
from tiktok_insights.powerbi.names import PROJECT
from tiktok_insights.powerbi.tmdl import definition

_TYPE = "SemanticModel"
FOLDER = f"{PROJECT}.{_TYPE}"


def files(model: Model) -> Mapping[str, str]:
    """Write the folder's files, by their paths in the project."""
    # From version 4.0 on, the definition may be TMDL.
    properties = {
        "$schema": f"{SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
        "version": "4.2",
        "settings": {},
    }
    texts = {f"{FOLDER}/definition/{path}": text for path, text in definition(model).items()}
    return {
        f"{FOLDER}/.platform": json_text(platform(_TYPE)),
        f"{FOLDER}/definition.pbism": json_text(properties),
    } | texts
