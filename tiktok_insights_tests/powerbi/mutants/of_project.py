"""Faults of the folder: files that are missing or too many, bytes, and links between files."""

from tiktok_insights_tests.powerbi.mutants.mutant import MODEL, REPORT, Mutant, page, table
from tiktok_insights_tests.powerbi.mutants.of_report import COUNT

_THEME = f"{REPORT}/StaticResources/RegisteredResources/TikTokInsightsTheme.json"
_MODEL_PLATFORM, _PLATFORM = "TikTokInsights.SemanticModel/.platform", f"{REPORT}/.platform"
_DEFINITION, _VERSION = f"{REPORT}/definition.pbir", f"{REPORT}/definition/version.json"

PROJECT_MUTANTS = (
    Mutant("a report without .platform", _PLATFORM, "", "", "project", ".platform is missing"),
    Mutant("a model without .platform", _MODEL_PLATFORM, "", "", "project", ".platform is missing"),
    Mutant("a model without its database", f"{MODEL}/database.tmdl", "", "", "project", "database.tmdl is missing"),
    Mutant("a theme that is missing", _THEME, "", "", "project", "Theme.json is missing"),
    Mutant("a page without its file", page("who"), "", "", "project", "page.json is missing"),
    Mutant("a table without its file", table("DATES"), "", "", "model", "names other tables"),
    Mutant("a visual without its file", COUNT, "", "", "placing", "which does not exist"),
    Mutant("a file that nobody makes", f"{REPORT}/definition/bookmark.json", "", "{}\n", "project",
           "no file of a project"),
    Mutant("a table twice on Windows", table("Dates"), "", "table Dates\n", "project", "2 times on Windows"),
    Mutant("a .gitignore that lets data be committed", ".gitignore", "cache.abf", "cache", "project", "be committed"),
    Mutant("a byte order mark", table("DATES"), "/// One row", "\ufeff/// One row", "project", "byte order mark"),
    Mutant("Windows' line ends", COUNT, "{\n", "{\r\n", "project", "Windows' line ends"),
    Mutant("a byte that is no UTF-8", COUNT, "Followers", "Followers\udcff", "project", "is no UTF-8"),
    Mutant("half a file", COUNT, "\n  }\n}\n", "\n", "schemas", "is not JSON"),
    Mutant("a name twice in a file", COUNT, '"name": "', '"name": "x", "name": "', "project", "name is there twice"),
    Mutant("a version of a schema that is not published", COUNT, "visualContainer/2.4.0", "visualContainer/2.12.0",
           "schemas", "none of those in schemas/"),
    Mutant("a file without its schema", _VERSION, '"$schema"', '"schema"', "schemas", "names the schema ''"),
    Mutant("the schema of another file", _VERSION, "definition/versionMetadata", "definition/pagesMetadata",
           "project", "names the schema"),
    Mutant("a report of another model", _DEFINITION, "../TikTok", "../Insights", "references",
           "which does not exist"),
    Mutant("a path with a backslash", _DEFINITION, "../", "..\\\\", "references", "which does not exist"),
    Mutant("a project with another report", "TikTokInsights.pbip", "TikTokInsights.Report", "Insights.Report",
           "references", "which does not exist"),
    Mutant("a project with a model, too", "TikTokInsights.pbip", '"report": {', '"dataset": {}, "report": {',
           "schemas", "dataset"),
    Mutant("two items with one ID", _PLATFORM, "316bb628-ee3a-5f99-a4ac-ff3ab1bd7dff",
           "0db57b80-7b0b-56f9-a9c1-5d10e82b3ea3", "references", "the same logical ID"),
    Mutant("another name in Fabric", _PLATFORM, '"displayName": "', '"displayName": "New ', "references", "calls it"),
    Mutant("a theme by another name", _THEME, '"name": "', '"name": "New', "references", "calls itself"),
    Mutant("a theme's color that is none", _THEME, '"#14171b"', '"14171b"', "references", "color"),
    Mutant("a report without its theme", f"{REPORT}/definition/report.json", '"customTheme"', '"baseTheme"',
           "references", "the report has no theme"),
    Mutant("a version of a format that there is not", "TikTokInsights.SemanticModel/definition.pbism", '"4.2"',
           '"4.x"', "project", "is of the version"),
    Mutant("a resource that is not there", f"{REPORT}/definition/report.json", '"path": "', '"path": "New',
           "references", "has no file"),
)  # fmt: skip
