"""The report's files: the project, the report, its pages and visuals, and the theme."""

from collections.abc import Mapping

from tiktok_insights.powerbi.items import SCHEMAS, json_text, platform
from tiktok_insights.powerbi.names import PROJECT, object_name
from tiktok_insights.powerbi.report.fields import Json
from tiktok_insights.powerbi.report.layout import HEIGHT, WIDTH
from tiktok_insights.powerbi.report.literals import color, properties
from tiktok_insights.powerbi.report.pages import ReportPage, pages
from tiktok_insights.powerbi.report.theme import FILE, theme, tokens
from tiktok_insights.powerbi.report.visuals import visual_file

_TYPE = "Report"
FOLDER = f"{PROJECT}.{_TYPE}"
_REPORT = f"{SCHEMAS}/item/report/definition"
#: Versions of the schemas when the theme was added.
_VERSIONS = {"visual": "2.4.0", "report": "3.0.0", "page": "2.0.0"}
_RESOURCES = "RegisteredResources"


def files() -> Mapping[str, str]:
    """Write the report's files, and the one that opens the project, by their paths in the project."""
    made = pages()
    in_folder = {
        ".platform": platform(_TYPE),
        "definition.pbir": _definition(),
        f"StaticResources/{_RESOURCES}/{FILE}": theme(),
        "definition/version.json": {"$schema": f"{_REPORT}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "definition/report.json": _report(),
        "definition/pages/pages.json": _order(made),
        **{path: value for page in made for path, value in _page(page).items()},
    }
    texts = {f"{FOLDER}/{path}": json_text(value) for path, value in in_folder.items()}
    return {f"{PROJECT}.pbip": json_text(_project()), **texts}


def _project() -> Json:
    return {
        "$schema": f"{SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
        "version": "1.0",
        "artifacts": [{"report": {"path": FOLDER}}],
        "settings": {"enableAutoRecovery": True},
    }


def _definition() -> Json:
    return {
        "$schema": f"{SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
        "version": "4.0",
        "datasetReference": {"byPath": {"path": f"../{PROJECT}.SemanticModel"}},
    }


def _report() -> Json:
    custom = {"name": FILE, "reportVersionAtImport": _VERSIONS, "type": _RESOURCES}
    item = {"name": FILE, "path": FILE, "type": "CustomTheme"}
    return {
        "$schema": f"{_REPORT}/report/3.0.0/schema.json",
        "themeCollection": {"customTheme": custom},
        "resourcePackages": [{"name": _RESOURCES, "type": _RESOURCES, "items": [item]}],
        "settings": {"useStylableVisualContainerHeader": True, "defaultDrillFilterOtherVisuals": True},
    }


def _order(made: tuple[ReportPage, ...]) -> Json:
    names = [object_name(page.name) for page in made]
    schema = f"{_REPORT}/pagesMetadata/1.0.0/schema.json"
    return {"$schema": schema, "pageOrder": names, "activePageName": names[0]}


def _page(page: ReportPage) -> Mapping[str, Json]:
    name = object_name(page.name)
    file: Json = {
        "$schema": f"{_REPORT}/page/2.0.0/schema.json",
        "name": name,
        "displayName": page.title,
        "displayOption": "FitToPage" if page.height == HEIGHT else "FitToWidth",
        "height": page.height,
        "width": WIDTH,
        "objects": {"background": properties(color=color(tokens()["bg"]), transparency=0.0)},
    }
    file["visualInteractions"] = [
        {"source": object_name(page.name, source), "target": object_name(page.name, target), "type": "NoFilter"}
        for source, target in page.unheard
    ]
    folder = f"definition/pages/{name}"
    visuals = {
        f"{folder}/visuals/{object_name(page.name, drawn.name)}/visual.json": visual_file(page.name, drawn, box, order)
        for order, (drawn, box) in enumerate(zip(page.visuals, page.boxes, strict=True))
    }
    return {f"{folder}/page.json": file, **visuals}
