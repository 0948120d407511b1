"""Makes the file small enough to send, whatever the data: shorter lists of people in a file of many accounts.

Which accounts are in the file is decided where facts are read; if even these are too many, the smallest are left out.
"""

from collections.abc import Callable
from dataclasses import replace

from tiktok_insights.dashboard.facts.account import Account, Facts

#: The file has at most so many bytes.
MOST_BYTES = 1_200_000
#: What is around the accounts (style, script, definitions, the tables of all accounts) needs less than this.
_AROUND = 120_000
#: In a file of more accounts than this, lists of people have so many rows.
_MANY_ACCOUNTS, _SHORT = 8, 10


def fitted(facts: Facts, draw: Callable[[Account, int], str]) -> Facts:
    """Shorten lists, and leave out the smallest accounts, until what `draw` makes of the accounts is small enough."""
    accounts = facts.accounts
    if len(accounts) > _MANY_ACCOUNTS:
        accounts = tuple(map(_shortened, accounts))
    size, kept = _AROUND, 0
    for number, account in enumerate(accounts):
        size += len(draw(account, number).encode())
        if size > MOST_BYTES and kept:
            break
        kept += 1
    inside = {account.account_id for account in accounts[:kept]}
    shared = tuple(pair for pair in facts.shared if {pair.account_id, pair.other_account_id} <= inside)
    return replace(facts, accounts=accounts[:kept], left_out=facts.left_out + len(accounts) - kept, shared=shared)


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
