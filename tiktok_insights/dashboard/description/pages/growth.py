"""What the page Growth holds."""

from tiktok_insights.dashboard.description.model import Kind, Page, Source, Visual

PAGE = Page(
    "growth",
    "Growth",
    "Do new followers come, and do they stay?",
    "Charts never show fewer than four weeks; days before the chosen period are faded.",
    (
        Visual(
            "joined",
            "Joined and still listed, per day",
            Kind.COLUMNS,
            (
                Source("followers_joined_daily", ("DAY", "AT_LEAST", "AT_MOST")),
                Source("account_days", ("DAY", "GONE", "MISSED_ONCE", "OUT_OF_VIEW", "LIST", "HAS_HOLES")),
            ),
            "joined",
            sort="DAY",
            note="After a day without a complete list, the next bar holds everyone missed since.",
            follows_period=True,
        ),
        Visual(
            "kept",
            "Kept: who is still listed, by week of joining",
            Kind.HEAT_TABLE,
            (
                Source(
                    "follower_retention",
                    ("COHORT", "WEEK", "USERS", "N", "UNKNOWN", "SHARE_KEPT", "KEPT_FROM", "KEPT_TO"),
                ),
            ),
            "kept",
            sort="COHORT DESC, WEEK",
            note="Below each share: its 95% interval. Striped: too few, or too many out of view, to say.",
        ),
        Visual(
            "adds_up",
            "Does it add up?",
            Kind.WATERFALL,
            (
                Source(
                    "account_periods",
                    ("FOLLOWERS_BEFORE", "FOLLOWERS", "CHANGE", "JOINED", "GONE", "MISSED_ONCE", "UNEXPLAINED"),
                ),
            ),
            "adds_up",
            subtitle="TikTok's count against the people whom we saw come and go.",
            width=7,
            follows_period=True,
        ),
        Visual(
            "bursts",
            "Bursts",
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
            width=5,
        ),
    ),
)
