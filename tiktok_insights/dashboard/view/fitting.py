"""Makes the file small enough to send, whatever the data: shorter lists of people in a file of many accounts.

Which accounts are in the file is decided where facts are read; if even these are too many, the smallest are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from tiktok_insights.dashboard.facts.account import TOP, Account, Facts
from tiktok_insights.dashboard.view.html import Html

#: The file has at most so many bytes.
MOST_BYTES = 1_200_000
#: Rows of a list of people: as many as fit.
_ROWS = (TOP, 10, 5, 3)


def fitted(facts: Facts, draw: Callable[[Account, int], Html], around: int) -> tuple[Facts, Sequence[Html]]:
    """Shorten lists, and then leave out the smallest accounts, until the file is small enough.

    `draw` makes what is shown of an account; around all of it are so many bytes. Gives what is left of the facts, and
    what was drawn of each account.
    """
    for rows in _ROWS:
        drawn = [draw(_shortened(account, rows), number) for number, account in enumerate(facts.accounts)]
        sizes = list(accumulate((len(article.encode()) for article in drawn), initial=around))[1:]
        if not sizes or sizes[-1] <= MOST_BYTES:
            return facts, drawn
    kept = max(sum(size <= MOST_BYTES for size in sizes), 1)
    inside = {account.account_id for account in facts.accounts[:kept]}
    shared = tuple(pair for pair in facts.shared if {pair.account_id, pair.other_account_id} <= inside)
    left_out = facts.left_out + len(facts.accounts) - kept
    return replace(facts, accounts=facts.accounts[:kept], left_out=left_out, shared=shared), drawn[:kept]


def _shortened(account: Account, rows: int) -> Account:
    who = account.who
    return replace(
        account,
        who=replace(
            who,
            most_followed=who.most_followed[:rows],
            follow_most=who.follow_most[:rows],
            most_hearts=who.most_hearts[:rows],
            most_videos=who.most_videos[:rows],
            new=who.new[:rows],
        ),
    )
