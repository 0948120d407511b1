"""The page Overview: the tutorial's dashboard, of the followers listed now and the counts that TikTok served."""

from dataclasses import replace

from tiktok_insights.dashboard.facts.account import TOP
from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import Field, column, measure, measures
from tiktok_insights.powerbi.report.layout import Tile
from tiktok_insights.powerbi.report.pages.who import most
from tiktok_insights.powerbi.report.visuals import Drawn, Sort

NAME = "overview"
TITLE = "Overview"
QUESTION = "Who follows us, at a glance?"
SCOPE = "About the followers on the newest list, as far as counts were served. Percentages are of those shown."

_PRIVACY, _VERIFICATION, _USER, _NICKNAME = (
    column(f"LISTED_FOLLOWERS.{name}") for name in ("PRIVACY", "VERIFICATION", "USER_NAME", "NICK_NAME")
)
_LIGHT_BLUE, _NAVY, _DARK_RED = "#118DFF", "#12239E", "#A80000"
_CARD, _MIDDLE, _LOW = 88, 208, 248


def _card(name: str, title: str, measured: str) -> tuple[Drawn, Tile]:
    fields = measures(measured)
    alt_text = f"{title}: {measured}."
    return Drawn(name, "card", {"Values": fields}, title, alt_text, objects=styles.TWO_DECIMALS), Tile("card", 3, _CARD)


def _donut(name: str, title: str, field: Field, colors: dict[str, str]) -> tuple[Drawn, Tile]:
    drawn = Drawn(
        name,
        "donutChart",
        {"Category": (field,), "Y": measures("Followers listed")},
        title,
        f"{title}: followers listed, by {field.words.lower()}.",
        sort=(Sort(measure("Followers listed")),),
        objects={**styles.PERCENT_LABELS, **styles.groups(field, colors)},
    )
    return drawn, Tile("donutChart", 4, _MIDDLE)


def _ranking(name: str, type_: str, title: str, field: Field, *shown: str) -> Drawn:
    fields = measures(*shown)
    return Drawn(
        name,
        type_,
        {"Category": (field,), "Y": fields},
        title,
        f"{title}: {', '.join(shown).lower()}, by {field.words.lower()}.",
        subtitle=f"The {TOP} with the most.",
        sort=(Sort(fields[0]),),
        filters=most(field.name, shown[0]).filters,
    )


def visuals() -> tuple[tuple[Drawn, Tile], ...]:
    """The four cards and five charts, with their sizes."""
    bars = _ranking(
        "follow", "clusteredBarChart", "Followers & Following", _USER, "Their followers", "Accounts they follow"
    )
    hearts = _ranking("hearts", "clusteredColumnChart", "Heart Count", _NICKNAME, "Their hearts")
    videos = _ranking("videos", "pieChart", "Video Count", _USER, "Their videos")
    blue = styles.series({measure("Their followers"): _LIGHT_BLUE, measure("Accounts they follow"): _NAVY})
    red = styles.series({measure("Their hearts"): _DARK_RED})
    return (
        _card("followers", "Followers", "Sum of followers"),
        _card("following", "Following", "Sum of following"),
        _card("friends", "Friends, all accounts", "Friends served"),
        _card("heart_sum", "Hearts", "Sum of hearts"),
        _donut("privacy", "Public vs Private Accounts", _PRIVACY, {"public": "#D9B300", "private": "#E66C37"}),
        _donut(
            "verification",
            "Account Verification Status",
            _VERIFICATION,
            {"verified": "#1AAB40", "not verified": "#D64550"},
        ),
        (replace(videos, objects=styles.PERCENT_LABELS), Tile("pieChart", 4, _MIDDLE)),
        (replace(bars, objects=blue), Tile("clusteredBarChart", 6, _LOW)),
        (replace(hearts, objects=red), Tile("clusteredColumnChart", 6, _LOW)),
    )
