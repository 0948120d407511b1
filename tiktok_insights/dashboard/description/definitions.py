"""What each number means, in a few plain sentences. The exact rules are those of the marts.

Numbers in them are the marts' thresholds, by their {words}.
"""

from tiktok_insights.dashboard.description.model import Definition
from tiktok_insights.insights.words import filled


def _defined(name: str, title: str, text: str, more: str = "") -> Definition:
    return Definition(name, title, filled(text), filled(more))


DEFINITIONS: tuple[Definition, ...] = (
    _defined(
        "coverage",
        "Coverage",
        "How much of the list we saw: followers seen, out of the number that TikTok gives for the account.",
        "Whole: the list came to its end. Cut: TikTok stopped it early. Partial: pages could not be read. Hidden: the "
        "owner hides the list. A list that is not whole and has under {few_users} people or under 1% is too little "
        "for shares.",
    ),
    _defined(
        "count",
        "Followers by TikTok's count",
        "The number on the profile. It includes accounts that no list shows.",
        "The change is against the snapshot nearest to the start of the period.",
    ),
    _defined(
        "joined",
        "Joined and still listed",
        "People who followed in this time and are on the newest list. At least: surely inside it. At most: those "
        "who may be.",
        'Not "gained": someone who joined and left between two snapshots was never seen.',
    ),
    _defined(
        "gone",
        "No longer listed",
        "Was on a list, and later lists that would have shown this person do not. Gone: two such snapshots. Gone?: "
        "one so "
        "far. Unknown: absent, but no later list would have shown them. Returned: gone, then seen again.",
        "The person left, was removed, or the account is gone. We cannot tell which.",
    ),
    _defined(
        "adds_up",
        "Does it add up?",
        "Change of TikTok's count = joined \N{MINUS SIGN} no longer listed + unexplained.",
        "Unexplained holds what the list does not show: older followers who left, accounts that TikTok counts but "
        "never lists.",
    ),
    _defined(
        "kept",
        "Kept",
        "Of those who joined in one week: still listed ÷ (still listed + gone). Unknown people are left out and "
        "shown beside it.",
        "The range is the 95% interval. There is no share for fewer than {min_users} people, nor if no list of "
        "that week "
        "reaches back far enough.",
    ),
    _defined(
        "tiers",
        "Tiers",
        "Followers by how many followers they have themselves, where TikTok served that number.",
        "On a cut list this is about the newest followers only, and the newest are not a random sample.",
    ),
    _defined(
        "new",
        "Most followed among the new",
        "Joined in the {new_days} days before the newest list, by their own followers.",
        '"Returned" means that we saw this person before, missed them, and see them again.',
    ),
    _defined(
        "served",
        "Exact or not served",
        "TikTok often sends 0 for a count that it does not want to give. A follower follows at least one account, so "
        '"follows 0" means "not served". Sums and lists use served counts only.',
        "Friends are always 0 in lists, so they are never shown.",
    ),
    _defined(
        "activity",
        "No activity",
        "Public accounts with served counts that have published no video and liked none.",
        "It says what is public. Many people only watch.",
    ),
    _defined(
        "signs",
        "Signs",
        "Six facts, each true, false or unknown: a handle like user8841; follows {follows_many:,} or more and "
        "{many_times} times "
        "as many as follow it; never liked a video; younger than {young_days} days when it joined; made on the "
        "same day as {min_group} or "
        "more others; at the follow limit of {follow_limit:,}.",
        "A sign is not proof. If 5 in 100 were true cases, a test that finds 80% of them with 5% false alarms "
        "would be wrong "
        'about 54 of every 100 that it flags. So there is no "fake" percentage here.',
    ),
    _defined(
        "bursts",
        "Burst",
        "Hours with at least {burst_joined} joins, {burst_times} times the usual hour of the last {burst_days} "
        "covered days, and too many for chance. "
        "Neighboring hours are one burst.",
        "A burst is not proof of anything: a video that takes off makes bursts too.",
    ),
    _defined(
        "map",
        "Follower map",
        "Each cell counts followers by order of joining (left to right) and by when their accounts were made "
        "(bottom to top).",
        "A dark patch means that many accounts of one age joined together.",
    ),
    _defined(
        "shared",
        "Shared followers",
        "People on the newest lists of both accounts: at least this many, because a cut list does not show everyone.",
        "A share is given only between two whole lists at most {shared_days} days apart.",
    ),
    _defined(
        "quota",
        "API requests",
        "What it took to read the newest list, and what the API said is left of the plan after it. All accounts share "
        "one plan.",
    ),
    _defined(
        "following",
        "How many they follow",
        "How many accounts each follower follows, where TikTok served that number. TikTok's limit is 10,000.",
    ),
)
