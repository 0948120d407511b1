"""Makes the file small enough to send, whatever the data: shorter lists of people in a file of many accounts.

Which accounts are in the file is decided where facts are read; if even these are too many, the smallest are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view.html import Html

#: The file has at most so many bytes.
MOST_BYTES = 1_200_000
#: What is around the accounts (style, script, definitions, the tables of all accounts) needs less than this.
_AROUND = 120_000
#: In a file of more accounts than this, lists of people have so many rows.
_MANY_ACCOUNTS, _SHORT = 8, 10


def fitted(facts: Facts, draw: Callable[[Account, int], Html]) -> tuple[Facts, Sequence[Html]]:
    """Shorten lists, and leave out the smallest accounts, until what `draw` makes of the accounts is small enough.

    Gives what is left of the facts, and what was drawn of each account.
    """
    accounts = facts.accounts
    if len(accounts) > _MANY_ACCOUNTS:
        accounts = tuple(map(_shortened, accounts))
    size, drawn = _AROUND, list[Html]()
    for number, account in enumerate(accounts):
        article = draw(account, number)
        size += len(article.encode())
        if size > MOST_BYTES and drawn:
            break
        drawn.append(article)
    kept = len(drawn)
    inside = {account.account_id for account in accounts[:kept]}
    shared = tuple(pair for pair in facts.shared if {pair.account_id, pair.other_account_id} <= inside)
    left_out = facts.left_out + len(accounts) - kept
    return replace(facts, accounts=accounts[:kept], left_out=left_out, shared=shared), drawn


def _shortened(account: Account) -> Account:
    who = account.who
    return replace(
        account,
        who=replace(
            who,
            most_followed=who.most_followed[:_SHORT],
            follow_most=who.follow_most[:_SHORT],
            most_hearts=who.most_hearts[:_SHORT],
            most_videos=who.most_videos[:_SHORT],
            new=who.new[:_SHORT],
        ),
    )
