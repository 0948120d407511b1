"""All mutants, and the gates that catch them; docs/reference/power_bi_checks.md lists both."""

from tiktok_insights_tests.powerbi.mutants.mutant import Mutant
from tiktok_insights_tests.powerbi.mutants.of_model import MODEL_MUTANTS
from tiktok_insights_tests.powerbi.mutants.of_project import PROJECT_MUTANTS
from tiktok_insights_tests.powerbi.mutants.of_queries import QUERY_MUTANTS
from tiktok_insights_tests.powerbi.mutants.of_report import REPORT_MUTANTS

#: In the order in which the document has them.
MUTANTS: tuple[Mutant, ...] = (*MODEL_MUTANTS, *QUERY_MUTANTS, *REPORT_MUTANTS, *PROJECT_MUTANTS)
#: The gates, with what each compares.
GATES = {
    "project": "Which files there are, their bytes, and which schema each names.",
    "schemas": "Microsoft's published JSON schemas.",
    "tmdl": "The words of TMDL: objects, properties and their values.",
    "model": "Names, descriptions, tags, relationships and the date table.",
    "dax": "Names and functions in DAX; what is added up, and for how many accounts.",
    "sources": "Column in M = column in the model = column of the warehouse, in name, order and type.",
    "power_query": "Microsoft's parser of Power Query (M).",
    "bindings": "Fields of visuals exist, are columns or measures as they say, and fit the role.",
    "filters": "Filters ask for their own field, with values of its type; slicers of a group show one field.",
    "rows": "Choices and groups reach the numbers and leave one row where it must; pages say what numbers rest on.",
    "placing": "Names and places of pages and visuals, the keyboard's order, titles and alternative texts.",
    "references": "Folders, the theme and the items of a workspace.",
    "literals": "The form and kind of each value.",
    "authoring": "Microsoft's validator of reports.",
}
#: Those that need Node, and run with `make test-browser`.
WITH_NODE = {"power_query", "authoring"}
