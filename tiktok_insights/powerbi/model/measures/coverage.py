"""The measures of the banner and of the page Coverage: how new the numbers are, and what they rest on."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import COUNT, SHARE, TEXT, TIME, of_account, of_one_row
from tiktok_insights.powerbi.model.objects import Measure

_IS_READ = 'ACCOUNT_COVERAGE[OUTCOME] <> "window" && NOT ISBLANK(ACCOUNT_COVERAGE[AS_OF])'
_NO_WINDOW = 'SNAPSHOT_COVERAGE[LIST] <> "window"'
_NEWEST = (
    "SELECT {columns} FROM {rows} AND LOOKED_AT IS NOT NULL AND LIST IS DISTINCT FROM 'window' "
    "ORDER BY LOOKED_AT DESC, SNAPSHOT_ID DESC LIMIT 1"
)
_LAST_KIND = 'LASTNONBLANKVALUE(SNAPSHOT_COVERAGE[LOOKED_AT], COALESCE(MAX(SNAPSHOT_COVERAGE[LIST]), "unknown"))'
_LIST = "COALESCE(LIST, 'unknown')"


def _newest(columns: str) -> str:
    return _NEWEST.replace("{columns}", columns)


def _seen(column: str, name: str, meaning: str, format_: str) -> Measure:
    expression = f"CALCULATE(MAX(ACCOUNT_COVERAGE[{column}]), {_IS_READ})"
    sql = f"SELECT {column} FROM {{rows}} AND OUTCOME IS DISTINCT FROM 'window' AND AS_OF IS NOT NULL"
    return of_account(name, expression, meaning, format_, sql)


def _last(column: str, name: str, meaning: str) -> Measure:
    value = f"LASTNONBLANKVALUE(SNAPSHOT_COVERAGE[LOOKED_AT], MAX(SNAPSHOT_COVERAGE[{column}]))"
    sql = (
        f"SELECT {column} FROM {{rows}} AND LOOKED_AT IS NOT NULL AND {column} IS NOT NULL "
        "ORDER BY LOOKED_AT DESC, SNAPSHOT_ID DESC LIMIT 1"
    )
    return of_account(name, value, meaning, COUNT, sql)


def _ever_seen(column: str, name: str, meaning: str) -> Measure:
    return of_one_row("ACCOUNT_STATES", column, name, meaning, COUNT)


_BANNER = (
    '"List: " & [Kind of list] & ". " & FORMAT([Followers seen], "#,0")'
    ' & IF(ISBLANK([Followers claimed]), "", " of " & FORMAT([Followers claimed], "#,0"))'
    ' & " followers seen. Snapshot of " & FORMAT([Newest snapshot], "yyyy-MM-dd HH:mm") & " UTC."'
)

MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "ACCOUNT_COVERAGE": (
        _seen("USERS_SEEN", "Followers seen", "Distinct users on the newest list that is not a window.", COUNT),
        _seen("USERS_CLAIMED", "Followers claimed", "TikTok's count when that list was read.", COUNT),
        _seen("SHARE_SEEN", "Share of followers seen", "Followers seen divided by followers claimed.", SHARE),
    ),
    "SNAPSHOT_COVERAGE": (
        of_account(
            "Newest snapshot",
            f"CALCULATE(MAX(SNAPSHOT_COVERAGE[LOOKED_AT]), {_NO_WINDOW})",
            "When the account's newest snapshot began that is not a window, UTC.",
            TIME,
            _newest("LOOKED_AT"),
        ),
        of_account(
            "Age of the newest snapshot, in days",
            "IF(NOT ISBLANK([Newest snapshot]), DATEDIFF([Newest snapshot], UTCNOW(), DAY))",
            "Midnights, UTC, since the newest snapshot began.",
            COUNT,
            _newest("LOOKED_AT"),
        ),
        of_account(
            "Kind of list",
            f"CALCULATE({_LAST_KIND}, {_NO_WINDOW})",
            "Whole, cut, partial or hidden: how the newest list ended; unknown for a file from another source.",
            TEXT,
            _newest(_LIST),
        ),
        of_account(
            "Coverage",
            f'IF(ISBLANK([Newest snapshot]), "No list of this account has been read yet.", {_BANNER})',
            "What all numbers of the account rest on, in a sentence.",
            TEXT,
            _newest(f"{_LIST}, SEEN, CLAIMED, LOOKED_AT"),
        ),
        _last("REQUESTS", "Requests of the newest snapshot", "Requests made for the newest snapshot that says so."),
        _last("QUOTA_LEFT", "Requests left", "Requests left in the plan after the newest snapshot that says so."),
    ),
    "ACCOUNT_STATES": (
        _ever_seen("LISTED", "Ever seen: listed", "Users who are listed, and were never gone."),
        _ever_seen("RETURNED", "Ever seen: returned", "Users who are listed again after they were gone."),
        _ever_seen("MISSED_ONCE", "Ever seen: missed once", "Users whom one snapshot misses so far."),
        _ever_seen("GONE", "Ever seen: gone", "Users whom two snapshots miss."),
        _ever_seen("UNKNOWN", "Ever seen: unknown", "Users of whom it is not known whether they still follow."),
        _ever_seen("UNKNOWN_OUT_OF_VIEW", "Unknown: out of view", "Users whom the list no longer reaches back to."),
        _ever_seen(
            "UNKNOWN_WITHOUT_TIME",
            "Unknown: no follow time",
            "Users of whom no one knows when they followed: a file from another source showed them last.",
        ),
    ),
    "SHARED_FOLLOWERS": (
        of_one_row(
            "SHARED_FOLLOWERS", "AT_LEAST", "Followers of both, at least", "Users on the newest lists of both.",
            COUNT, by="OTHER_ACCOUNT_ID",
        ),
        of_one_row(
            "SHARED_FOLLOWERS", "SHARE", "Share of the smaller list", "Followers of both, divided by the smaller list.",
            SHARE, by="OTHER_ACCOUNT_ID",
        ),
    ),
}  # fmt: skip
