"""What the page Care holds."""

from tiktok_insights.dashboard.description.model import Kind, Page, Source, Visual

PAGE = Page(
    "care",
    "Care",
    "Is anything odd about this audience?",
    "Signs are facts, not verdicts. Each account is compared with itself only.",
    (
        Visual(
            "classes",
            "Signs per follower",
            Kind.STACKED_BAR,
            (Source("audience_signs", ("DAYS", "KIND", "NAME", "USERS", "USERS_KNOWN", "SHARE")),),
            "signs",
        ),
        Visual(
            "signs",
            "Each sign by itself",
            Kind.BARS,
            (Source("audience_signs", ("DAYS", "KIND", "NAME", "USERS", "USERS_KNOWN", "SHARE")),),
            "signs",
            sort="SHARE DESC",
            note="One person can show more than one sign.",
        ),
        Visual(
            "activity",
            "Without public activity",
            Kind.STACKED_BAR,
            (Source("public_activity", ("USERS_CONSIDERED", "USERS_WITHOUT_ACTIVITY", "SHARE_WITHOUT_ACTIVITY")),),
            "activity",
        ),
        Visual(
            "map",
            "Follower map",
            Kind.SCATTER,
            (Source("follower_map", ("JOINED_CELL", "CREATED_CELL", "USERS", "FIRST_CREATED_AT")),),
            "map",
            sort="JOINED_CELL, CREATED_CELL",
            subtitle="When each follower's account was made, in order of joining. Stronger color: more people.",
            width=6,
        ),
        Visual(
            "weeks",
            "Several signs, by week joined",
            Kind.LINE,
            (Source("signs_by_week", ("WEEK", "SEVERAL_SIGNS", "SIGNS_KNOWN", "SHARE_SEVERAL")),),
            "signs",
            sort="WEEK",
            subtitle="Share of those we can say something about, with 95% intervals.",
            width=6,
        ),
    ),
)
