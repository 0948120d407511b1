"""What the page Today holds."""

from tiktok_insights.dashboard.description.model import Kind, Page, Source, Visual

PAGE = Page(
    "today",
    "Today",
    "What changed, and how sure is that?",
    "Compares the newest snapshot with the one nearest to the start of the chosen period.",
    (
        Visual(
            "equation",
            "The change, explained",
            Kind.CARDS,
            (Source("account_periods", ("FOLLOWERS", "CHANGE", "JOINED", "GONE", "MISSED_ONCE", "UNEXPLAINED")),),
            "adds_up",
            follows_period=True,
        ),
        Visual(
            "whereabouts",
            "Where everyone listed at the start is now",
            Kind.STACKED_BAR,
            (
                Source(
                    "account_periods", ("LISTED_BEFORE", "STILL_LISTED", "GONE", "MISSED_ONCE", "UNKNOWN", "RETURNED")
                ),
            ),
            "gone",
            follows_period=True,
        ),
        Visual(
            "count",
            "Followers, by TikTok's count",
            Kind.LINE,
            (
                Source("account_days", ("DAY", "FOLLOWERS")),
                Source("account_periods", ("SINCE", "CHANGE")),
            ),
            "count",
            sort="DAY",
            subtitle="Gaps are days without a snapshot. The axis does not start at zero.",
            width=8,
            follows_period=True,
        ),
        Visual(
            "burst",
            "Newest burst",
            Kind.FACTS,
            (
                Source(
                    "follow_bursts",
                    ("STARTED_AT", "ENDED_AT", "JOINED", "USUAL", "SHARE_KEPT", "SHARE_SEVERAL", "AGES_SPREAD_DAYS"),
                ),
            ),
            "bursts",
            sort="STARTED_AT DESC",
            note="A burst, not proof of anything: a video that takes off makes bursts too.",
            width=4,
        ),
        Visual(
            "accounts",
            "All accounts",
            Kind.TABLE,
            (
                Source("account_periods", ("FOLLOWERS", "CHANGE", "JOINED", "GONE", "MISSED_ONCE", "UNEXPLAINED")),
                Source("snapshot_coverage", ("LIST", "SEEN", "CLAIMED", "SHARE", "LOOKED_AT")),
            ),
            "count",
            sort="FOLLOWERS DESC",
            subtitle="Never added up: people can follow more than one.",
            per_account=False,
        ),
    ),
)
