"""The measures that only the page Overview has. Its other numbers are those of the page Who."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import COUNT
from tiktok_insights.powerbi.model.objects import Measure

MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "TIKTOK_DATA": (
        Measure(
            "Friends served",
            "CALCULATE(SUM(TIKTOK_DATA[FRIENDS_COUNT]), TIKTOK_DATA[FRIENDS_COUNT] > 0)",
            "Mutual followers of all users. TikTok sends 0 for everyone in a list, so it is blank and not 0.",
            COUNT,
            "SELECT SUM(FRIENDS_COUNT) FROM {table} WHERE FRIENDS_COUNT > 0",
        ),
    ),
}
