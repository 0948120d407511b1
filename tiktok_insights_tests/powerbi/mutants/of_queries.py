"""Faults of what is read from Snowflake: queries, columns and parameters."""

from tiktok_insights_tests.powerbi.mutants.mutant import MODEL, Mutant
from tiktok_insights_tests.powerbi.mutants.of_model import STATS, USERS

_PARAMETERS = f"{MODEL}/expressions.tmdl"

QUERY_MUTANTS = (
    Mutant("a column that the query leaves out", STATS, '"HEARTS", "VIDEOS"', '"HEARTS"', "sources",
           "reads the columns"),
    Mutant("a count as a number with decimals", STATS, '{"HEARTS", Int64.Type}', '{"HEARTS", type number}', "sources",
           "the query gives the types"),
    Mutant("an ID as a number in M", USERS, '{"TIKTOK_ID", type text}', '{"TIKTOK_ID", Int64.Type}', "sources",
           "the query gives the types"),
    Mutant("a column that is read from another", STATS, "sourceColumn: HEARTS", "sourceColumn: VIDEOS", "sources",
           "HEARTS is read from VIDEOS"),
    Mutant("a type that is not that of the contract", STATS, "dataType: int64", "dataType: double", "sources",
           "is double in the model, not int64"),
    Mutant("a misspelt column", USERS, "\tcolumn DIGG_COUNT\n", "\tcolumn DIG_COUNT\n", "sources", "has the columns"),
    Mutant("a view that is read as a table", STATS, 'Kind="View"', 'Kind="Table"', "sources", "is Table, not View"),
    Mutant("a view in lower case", STATS, '"ACCOUNT_STATS",Kind', '"account_stats",Kind', "sources",
           "is account_stats"),
    Mutant("the connector's first implementation", STATS, 'Implementation="2.0"', 'Implementation="1.0"', "sources",
           "reads otherwise"),
    Mutant("no implementation", STATS, ', Implementation="2.0"', "", "sources", "reads otherwise"),
    Mutant("a schema that is written down", STATS, "[Name=SnowflakeSchema,", '[Name="MAIN",', "sources",
           "reads otherwise"),
    Mutant("another parameter for the schema", USERS, "[Name=SnowflakeSchema", "[Name=SnowflakeRole", "sources",
           "the schema is SnowflakeRole"),
    Mutant("a table that is not imported", STATS, "mode: import", "mode: directQuery", "sources", "not imported"),
    Mutant("a parameter that is missing", _PARAMETERS, "expression SnowflakeRole", "expression Role", "sources",
           "no parameter SnowflakeRole"),
    Mutant("a parameter that Power BI does not ask for", _PARAMETERS, "meta [IsParameterQuery=true, ", "meta [",
           "sources", "is no parameter"),
    Mutant("a parameter that may be empty", _PARAMETERS, "Required=true", "Required=false", "sources",
           "is no parameter"),
    Mutant("a parameter without its type", _PARAMETERS, "\tannotation PBI_ResultType = Text\n", "", "sources",
           "is no parameter"),
    Mutant("a step that there is not", STATS, "\t\t\t\t    Typed\n", "\t\t\t\t    Types\n", "sources",
           "reads otherwise"),
    Mutant("a quote in a name", STATS, '"HEARTS", "VIDEOS"', '"HEA"RTS", "VIDEOS"', "sources", "reads the columns"),
    Mutant("two equals signs in M", STATS, 'Kind="View"', 'Kind=="View"', "power_query", "ACCOUNT_STATS: "),
    Mutant("a step without its comma", STATS, "[Data],\n", "[Data]\n", "power_query", "ACCOUNT_STATS: "),
    Mutant("a list without a comma", STATS, '"HEARTS", "VIDEOS"', '"HEARTS" "VIDEOS"', "power_query",
           "ACCOUNT_STATS: "),
    Mutant("a parameter's text without its end", _PARAMETERS, 'AMAZON_DB"', "AMAZON_DB", "power_query",
           "SnowflakeDatabase: "),
)  # fmt: skip
