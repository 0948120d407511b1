"""Values as the report's files write them. Which values there are belongs in the other modules."""

from tiktok_insights.powerbi.report.fields import Json


def literal(value: str | int | float | bool) -> Json:
    """Write a text, a number or a truth value as an expression."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = f"{value}L"
    elif isinstance(value, float):
        text = f"{value:g}D"
    else:
        text = "'" + value.replace("'", "''") + "'"
    return {"expr": {"Literal": {"Value": text}}}


def bare(value: str | int) -> Json:
    """Write a value as it is in a filter's condition."""
    return dict(literal(value)["expr"])


def color(value: str) -> Json:
    """Write a color such as #1a5fa8 as a fill."""
    return {"solid": {"color": literal(value)}}


def properties(**values: str | int | float | bool | Json) -> list[Json]:
    """Write an object's properties; a value that is an expression already stays as it is."""
    return [
        {"properties": {name: value if isinstance(value, dict) else literal(value) for name, value in values.items()}}
    ]
