"""Faults of the semantic model: TMDL, tables, relationships and DAX."""

from tiktok_insights_tests.powerbi.mutants.mutant import MODEL, Mutant, table

STATS, DATES, USERS = table("ACCOUNT_STATS"), table("DATES"), table("TIKTOK_DATA")
LISTS, TOTALS, FRAME = table("SNAPSHOT_COVERAGE"), table("LISTED_TOTALS"), f"{MODEL}/model.tmdl"
RELATIONS = f"{MODEL}/relationships.tmdl"
_ONE = "IF(COUNTROWS(LISTED_TOTALS) = 1, SUM(LISTED_TOTALS[USERS]))"
_LAST = "LASTNONBLANKVALUE(SNAPSHOT_COVERAGE[LOOKED_AT], MAX(SNAPSHOT_COVERAGE[REQUESTS]))"

MODEL_MUTANTS = (
    # The model and its tables.
    Mutant("implicit measures allowed", FRAME, "\tdiscourageImplicitMeasures\n", "", "model", "implicit measures"),
    Mutant("hidden date tables", FRAME, "Enabled = 0", "Enabled = 1", "model", "hidden date tables"),
    Mutant("a table that the model does not name", FRAME, "ref table DATES\n", "", "model", "names other tables"),
    Mutant("two columns of one name", STATS, "\tcolumn VIDEOS\n", "\tcolumn HEARTS\n", "model",
           "hearts appears twice"),
    Mutant("a column without a description", STATS, "\t/// The account.\n", "", "model", "has no description"),
    Mutant("a count that visuals add up", STATS, "\t\tsummarizeBy: none\n", "", "model", "would be summed"),
    Mutant("an ID that is summed", USERS, "summarizeBy: none", "summarizeBy: sum", "model",
           "TIKTOK_ID would be summed"),
    Mutant("an ID as a number", USERS, "dataType: string", "dataType: int64", "model", "TIKTOK_ID is an ID"),
    Mutant("a sort by a column that is missing", STATS, "\t\tsourceColumn: HANDLE\n", "\t\tsortByColumn: NAME\n",
           "model", "HANDLE is sorted by NAME"),
    Mutant("a measure without a format", TOTALS, "\t\tformatString: #,0\n", "", "model", "has no format"),
    Mutant("two objects with one lineage tag", STATS, "3722d8fc-dcf6-500c-a170-c98a22fa4a79",
           "b6fa48c8-3872-5c03-ace9-1facff9b4686", "model", "lineage tag"),
    Mutant("no date table", DATES, "\tdataCategory: Time\n", "", "model", "not one date table"),
    # TMDL.
    Mutant("a word that TMDL does not have", STATS, "table ACCOUNT_STATS", "tables ACCOUNT_STATS", "tmdl",
           "is no object"),
    Mutant("one tab too many", STATS, "\tcolumn LOOKED_AT\n", "\t\tcolumn LOOKED_AT\n", "tmdl", "indented wrongly"),
    Mutant("blanks for a tab", STATS, "\tcolumn LOOKED_AT\n", "    column LOOKED_AT\n", "tmdl", "is no object"),
    Mutant("a misspelt property", STATS, "formatString:", "formatStrng:", "tmdl", "unknown property formatStrng"),
    Mutant("a data type that there is not", STATS, "dataType: int64", "dataType: integer", "tmdl",
           "dataType: integer"),
    Mutant("a lineage tag that is no UUID", STATS, "lineageTag: ", "lineageTag: x", "tmdl", "lineageTag: x"),
    Mutant("a column that is computed and read", STATS, "\t\tsummarizeBy: none\n\n\tpartition",
           "\t\tsummarizeBy: none\n\t\tsourceColumn: LOOKED_ON\n\n\tpartition", "tmdl", "both computed and read"),
    Mutant("a table in the file of another", STATS, "table ACCOUNT_STATS", "table ACCOUNT_STAT", "tmdl",
           "not the table"),
    Mutant("an old compatibility level", f"{MODEL}/database.tmdl", "1601", "1200", "tmdl",
           "compatibilityLevel: 1200"),
    # Relationships.
    Mutant("a relationship to a missing column", RELATIONS, ": ACCOUNT_STATS.ACCOUNT_ID", ": ACCOUNT_STATS.ID",
           "model", "no ACCOUNT_STATS.ID"),
    Mutant("a relationship of two types", RELATIONS, "ACCOUNT_STATS.LOOKED_ON", "ACCOUNT_STATS.HANDLE", "model",
           "relates columns of types"),
    Mutant("a relationship that is not active", RELATIONS, "toColumn: DATES", "isActive: false\n\ttoColumn: DATES",
           "model", "more than many to one"),
    Mutant("a relationship in both directions", RELATIONS, "\ttoColumn: DATES",
           "\tcrossFilteringBehavior: bothDirections\n\ttoColumn: DATES", "model", "more than many to one"),
    Mutant("a second path to a table", RELATIONS, ": ACCOUNT_STATS.ACCOUNT_ID", ": DATES.ACCOUNT_ID", "model",
           "reach"),
    Mutant("a relationship to a column that is not unique", RELATIONS, "toColumn: ACCOUNT_COVERAGE.ACCOUNT_ID",
           "toColumn: ACCOUNT_COVERAGE.HANDLE", "sources", "ACCOUNT_COVERAGE.HANDLE must be unique"),
    Mutant("a key that is not unique", STATS, "\t\tsourceColumn: HANDLE\n", "\t\tsourceColumn: HANDLE\n\t\tisKey\n",
           "sources", "ACCOUNT_STATS.HANDLE must be unique"),
    Mutant("a relationship that is gone", RELATIONS, "\tfromColumn: LISTED_TOTALS.ACCOUNT_ID\n",
           "\tfromColumn: LISTED_TOTALS.USERS\n", "rows", "nothing chooses one ACCOUNT_ID of LISTED_TOTALS"),
    # DAX.
    Mutant("DAX with an unknown column", STATS, "DAY(ACCOUNT_STATS[LOOKED_AT])", "DAY(ACCOUNT_STATS[LOKED_AT])",
           "dax", "no ACCOUNT_STATS[LOKED_AT]"),
    Mutant("DAX with an unknown measure", STATS, "IF(NOT", "IF([Missing] = 1 && NOT", "dax", "no measure [Missing]"),
    Mutant("DAX with an unknown table", TOTALS, "COUNTROWS(LISTED_TOTALS)", "COUNTROWS(TOTALS)", "dax",
           "no table TOTALS"),
    Mutant("DAX that forgets the chosen account", LISTS, _LAST, f"CALCULATE({_LAST}, ALL(ACCOUNT_COVERAGE))", "dax",
           "the function ALL"),
    Mutant("a sum over snapshots", LISTS, _LAST, "SUM(SNAPSHOT_COVERAGE[REQUESTS])", "dax",
           "adds up rows of SNAPSHOT_COVERAGE"),
    Mutant("a sum over accounts", TOTALS, _ONE, "SUM(LISTED_TOTALS[USERS])", "dax", "for several accounts together"),
    Mutant("one row of another table", TOTALS, "COUNTROWS(LISTED_TOTALS)", "COUNTROWS(ACCOUNT_PERIODS)", "dax",
           "asks for one row of ACCOUNT_PERIODS"),
    Mutant("shares added up", table("AUDIENCE_SIGNS"), "MAX(AUDIENCE_SIGNS[SHARE])", "SUM(AUDIENCE_SIGNS[SHARE])",
           "dax", "adds up shares"),
    Mutant("a share averaged", table("AUDIENCE_SIGNS"), "MAX(AUDIENCE_SIGNS[SHARE])",
           "AVERAGE(AUDIENCE_SIGNS[SHARE])", "dax", "the function AVERAGE"),
    Mutant("0 for what is not known", TOTALS, _ONE, f"COALESCE({_ONE}, 0)", "dax", "shows 0"),
    Mutant("0 where nothing is chosen", TOTALS, _ONE, _ONE[:-1] + ", 0)", "dax", "shows 0"),
    Mutant("DAX with a quote too few", DATES, '"DAY"', '"DAY', "dax", "a bracket or a quote is not closed"),
    Mutant("DAX with the bracket of another kind", DATES, "[Value])", "[Value]}", "dax", "a bracket or a quote"),
    Mutant("DAX without its last parenthesis", TOTALS, _ONE, _ONE[:-1], "dax", "a bracket or a quote is not closed"),
)  # fmt: skip
