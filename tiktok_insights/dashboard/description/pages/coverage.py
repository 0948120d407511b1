"""What the page Coverage holds."""

from tiktok_insights.dashboard.description.model import Kind, Page, Source, Visual

_SNAPSHOTS = ("LOOKED_AT", "LIST", "SEEN", "CLAIMED", "SHARE", "COVERED_FROM", "HOLES")
_STATES = Source("account_states", ("LISTED", "RETURNED", "MISSED_ONCE", "GONE", "UNKNOWN"))
_REASONS = Source("account_states", ("UNKNOWN_OUT_OF_VIEW", "UNKNOWN_WITHOUT_TIME"))

PAGE = Page(
    "coverage",
    "Coverage",
    "What do these numbers rest on?",
    "The snapshots of the last 60 days. The period filter does not change this page.",
    (
        Visual(
            "timeline",
            "How far back each snapshot reaches",
            Kind.TIMELINE,
            (Source("snapshot_coverage", _SNAPSHOTS),),
            "coverage",
            sort="LOOKED_AT",
            subtitle="One line per snapshot; its right end is when it was taken.",
            note="The numbers are in the table of snapshots below.",
            width=8,
        ),
        Visual("everyone", "Everyone ever seen", Kind.STACKED_BAR, (_STATES,), "gone", width=4),
        Visual("unknown", "Unknown, by reason", Kind.FACTS, (_REASONS,), "gone", width=4),
        Visual(
            "served",
            "Counts on the newest list",
            Kind.STACKED_BAR,
            (Source("listed_totals", ("EXACT", "ROUNDED", "EXACT_OR_ROUNDED", "NOT_SERVED")),),
            "served",
            width=4,
        ),
        Visual(
            "quota",
            "API requests",
            Kind.FACTS,
            (Source("snapshot_coverage", ("LOOKED_AT", "REQUESTS", "QUOTA_LEFT")),),
            "quota",
            width=4,
        ),
        Visual(
            "snapshots",
            "Snapshots",
            Kind.TABLE,
            (Source("snapshot_coverage", _SNAPSHOTS),),
            "coverage",
            sort="LOOKED_AT DESC",
        ),
        Visual(
            "shared",
            "Shared followers",
            Kind.TABLE,
            (Source("shared_followers", ("ACCOUNT_ID", "OTHER_ACCOUNT_ID", "AT_LEAST", "SHARE")),),
            "shared",
            sort="AT_LEAST DESC",
            per_account=False,
        ),
    ),
)
