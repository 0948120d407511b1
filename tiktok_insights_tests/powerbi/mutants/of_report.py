"""Faults of the report: pages, visuals, their fields, values and places."""

from tiktok_insights.powerbi.names import object_name
from tiktok_insights_tests.powerbi.mutants.mutant import PAGES, Mutant, page, visual

COUNT, SIGNS, FOLLOW = visual("today", "count"), visual("care", "signs"), visual("overview", "follow")
MAP, BANNER = visual("care", "map"), visual("today", "coverage_banner")
_ORDER, _WHO = f"{PAGES}/pages.json", object_name("who")
_KEPT = visual("growth", "kept")

REPORT_MUTANTS = (
    # Fields.
    Mutant("a misspelt field", COUNT, '"Property": "DAY"', '"Property": "DAYS"', "bindings", "no column DATES.DAYS"),
    Mutant("a misspelt table", COUNT, '"Entity": "DATES"', '"Entity": "DATE"', "bindings", "no column DATE.DAY"),
    Mutant("a measure as a column", COUNT, '"Measure": {', '"Column": {', "bindings", "no column ACCOUNT_DAYS"),
    Mutant("a column as a measure", COUNT, '"Column": {', '"Measure": {', "bindings", "no measure DATES.DAY"),
    Mutant("another queryRef", COUNT, '"queryRef": "DATES.DAY"', '"queryRef": "DAY"', "bindings",
           "queryRef 'DAY' is not"),
    Mutant("no nativeQueryRef", COUNT, '"nativeQueryRef": "DAY",', "", "bindings", "nativeQueryRef None is not"),
    Mutant("no queryRef", COUNT, '"queryRef": "DATES.DAY",', "", "schemas", "'queryRef' is a required property"),
    Mutant("a role that is missing", COUNT, '"Category": {', '"Y2": {', "bindings", "there is no role Y2"),
    Mutant("a role without a field", SIGNS, '"Y": {', '"Size": {', "bindings", "the role Y is empty"),
    Mutant("a visual type that there is not", COUNT, '"lineChart"', '"linesChart"', "bindings",
           "'linesChart' is none"),
    Mutant("a sort by a field that is not shown", COUNT, '"sort": [\n          {\n            "field": {\n'
           '              "Column"', '"sort": [\n          {\n            "field": {\n              "Measure"',
           "bindings", "no measure DATES.DAY"),
    Mutant("a color for a measure that is not shown", FOLLOW, '"metadata": "LISTED_FOLLOWERS.Their followers"',
           '"metadata": "LISTED_FOLLOWERS.Their hearts"', "bindings", "which it does not show"),
    Mutant("a filter of another column", SIGNS,
           '"Source": "t"\n                          }\n                        },\n'
           '                        "Property": "KIND"', '"Source": "t"\n                          }\n'
           '                        },\n                        "Property": "NAME"', "filters",
           "asks for AUDIENCE_SIGNS.NAME"),
    Mutant("a filter with a number for a text", SIGNS, "'sign'", "1L", "filters", "which is no text"),
    Mutant("slicers of one group with two fields", visual("who", "account"), '"Property": "ACCOUNT"',
           '"Property": "ACCOUNT_ID"', "filters", "slicers of the group account"),
    # What reaches a visual.
    Mutant("no value of a key chosen", SIGNS, '"Property": "DAYS"', '"Property": "USERS"', "rows",
           "nothing chooses one DAYS"),
    Mutant("a slicer with many values", visual("today", "period"), '"strictSingleSelect"', '"singleSelect"', "rows",
           "nothing chooses one DAYS of ACCOUNT_PERIODS"),
    Mutant("a group that no filter takes to the number", COUNT, '"Entity": "DATES"', '"Entity": "TIKTOK_DATA"',
           "rows", "is the same for each TIKTOK_DATA"),
    Mutant("a group too few", _KEPT, '"FOLLOWER_RETENTION"\n                    }\n                  },\n'
           '                  "Property": "WEEK"',
           '"FOLLOWER_RETENTION"\n                    }\n                  },\n                  "Property": "N"',
           "rows", "nothing chooses one WEEK of FOLLOWER_RETENTION"),
    Mutant("a banner that a click on a chart changes", page("today"), object_name("today", "coverage_banner"),
           object_name("today", "count"), "rows", "changes what the numbers rest on"),
    Mutant("a page without what its numbers rest on", BANNER, '"Property": "Coverage"', '"Property": "Kind of list"',
           "rows", "0 visuals say what the numbers rest on"),
    Mutant("a page on which nothing chooses an account", visual("who", "account"), '"slicer"', '"tableEx"', "rows",
           "nothing chooses an account"),
    Mutant("a number of all accounts beside the chosen one", visual("overview", "friends"), "Friends, all accounts'",
           "Friends'", "rows", "is the same for each account, and the title"),
    Mutant("a table with totals", visual("today", "accounts"), '"total": [', '"total": [], "values": [', "rows",
           "it has totals"),
    Mutant("a slicer that may choose nothing", visual("who", "account"), '"true"', '"false"', "rows",
           "nothing chooses one ACCOUNT_ID"),
    Mutant("a slicer of one page only", visual("who", "account"), '"filterChanges": true', '"filterChanges": false',
           "filters", "not chosen on other pages"),
    Mutant("a slicer in a group of its own", visual("who", "account"), '"groupName": "account"',
           '"groupName": "accounts"', "filters", "are of the groups"),
    Mutant("a filter without a condition", SIGNS, '"Values": [', '"Vales": [', "filters",
           "no condition that Power BI knows"),
    Mutant("the first of no order", visual("who", "most_videos"), '"OrderBy"', '"Order"', "filters", "has no order"),
    Mutant("a filter of a blank only", _KEPT, '"Not": {', '"No": {', "filters", "no condition that Power BI knows"),
    Mutant("a column with its name in the warehouse", MAP, '"Created cell"', '"CREATED_CELL"', "bindings",
           "no name in words"),
    # Places.
    Mutant("a visual on another", MAP, '"width": 6', '"width": 9', "placing", "overlap"),
    Mutant("a visual beside the page", COUNT, '"x": ', '"x": 99', "placing", "is not on the page"),
    Mutant("a visual without a height", COUNT, '"height": ', '"height": -', "placing", "has no size"),
    Mutant("two visuals with one place for the keyboard", COUNT, '"tabOrder": 5', '"tabOrder": 4', "placing",
           "two visuals have the same"),
    Mutant("a title of two pages", page("who"), '"displayName": "Who"', '"displayName": "Today"', "placing",
           "2 pages are called"),
    # Names.
    Mutant("a page that the order leaves out", _ORDER, f',\n    "{_WHO}"', "", "placing", "pages.json lists"),
    Mutant("a first page that is missing", _ORDER, '"activePageName": "', '"activePageName": "0', "placing",
           "which is open first"),
    Mutant("a page whose name is not its folder's", page("who"), f'"{_WHO}"', '"who"', "placing", "is in the folder"),
    Mutant("a visual whose name is not its folder's", COUNT, '"name": "', '"name": "x', "placing",
           "is in the folder"),
    Mutant("an interaction of a visual that is missing", page("today"), '"source": "', '"source": "x', "placing",
           "which does not exist"),
    # Texts.
    Mutant("no alternative text", COUNT, '"altText"', '"keepLayerOrder"', "placing", "no alternative text"),
    Mutant("an empty title", COUNT, "'Followers, by TikTok''s count'", "''", "placing", "has no title"),
    Mutant("a title that is not shown", COUNT, '"title": [\n        {\n          "properties": {\n            "show"',
           '"title": [\n        {\n          "properties": {\n            "titleWrap"', "placing", "has no title"),
    # Values.
    Mutant("a text in double quotes", COUNT, "\"'Followers", '"\\"Followers', "literals", "is no literal"),
    Mutant("a number without its letter", BANNER, '"12D"', '"12"', "literals", "12 is no literal"),
    Mutant("a truth value as a text", COUNT, '"true"', "\"'true'\"", "literals", "not a truth value"),
    Mutant("a color that is none", MAP, "'#94bae2'", "'blue'", "literals", "no color"),
    Mutant("a ramp of colors without its end", MAP, '"max": {', '"mid": {', "literals", "no color"),
    Mutant("a property that there is not", SIGNS,
           '"objects": {\n      "labels": [\n        {\n          "properties": {\n            "show"',
           '"objects": {\n      "labels": [\n        {\n          "properties": {\n            "shown"', "authoring",
           'Unknown property "shown"'),
    Mutant("an object that there is not", SIGNS, '"objects": {\n      "labels"', '"objects": {\n      "label"',
           "authoring", "label"),
    # What Microsoft's schemas see.
    Mutant("a visual without a place", COUNT, '"position"', '"place"', "schemas",
           "'position' is a required property"),
    Mutant("an unknown property of a visual", COUNT, '"drillFilterOtherVisuals"', '"drillOthers"', "schemas",
           "drillOthers"),
    Mutant("a direction that there is not", COUNT, '"Ascending"', '"Up"', "schemas", "Up"),
    Mutant("a name that is too long", COUNT, '"name": "', f'"name": "{"0" * 40}', "schemas", "too long"),
)  # fmt: skip
