"""The receipt of a removal as people read it, in the order of the questions that they ask.

Each sentence must be true on AWS and on a local stack, and none may tell who was removed. What a receipt knows belongs
in `receipt`.
"""

from collections.abc import Iterator, Sequence

from tiktok_insights.people.receipt import A_USER, AN_ACCOUNT, Receipt, Removed, Search

_AGAIN = "tiktok-insights forget --verify receipt_{number}.json"
_ACCOUNT_KEPT = (
    "- Users whom other accounts list, too. A user is removed by another receipt.",
    "Why this stays: docs/explanation/what_remains.md.",
)
_USER_KEPT = (
    (
        "- Keyed hashes (HMAC-SHA256) of the ID, handles and secUids, to keep the user out. They are pseudonyms, so "
        "they are still personal data (GDPR, Article 4(5)), and they have no other purpose. Write this purpose and its "
        "legal ground into your record of processing: often it is Article 6(1)(c) or (f). They stay as long as this "
        "system runs."
    ),
    "- In stored responses, an empty marker in the place of a removed row, so that others keep their places.",
    (
        "- Numbers that count many users: the followers that TikTok reported for an account, and totals of a day. "
        "Rows, names and counts of others are as they were."
    ),
    (
        "- If the user is also a tracked account: the account. tiktok-insights forget --account removes it, with a "
        "receipt for itself."
    ),
    "Why this stays: docs/explanation/what_remains.md.",
)
_INFERENCE = (
    "Not from what is left. A snapshot says how many followers there were, and the tables have fewer, so it shows that "
    "someone was removed. A marker's neighbors in a stored response show about when that user began to follow. Sums "
    "of IDs in the ledger are those of the others. But whoever has a copy from before can compare the two: that is why "
    "the copies that are named above have to go, too."
)


def receipt_text(receipt: Receipt) -> str:
    """The receipt for people."""
    return "\n\n".join(_paragraphs(receipt)) + "\n"


def _paragraphs(receipt: Receipt) -> Iterator[str]:
    is_user = receipt.whom.what == A_USER
    yield f"RECEIPT {receipt.number}: {removed_whom(receipt)} removed from tiktok_insights"
    yield _result(receipt)
    yield (
        f"Where: {receipt.system}. Begun at {receipt.begun_at}, ended at {receipt.ended_at} (UTC), by "
        f"{receipt.software}. This receipt does not say who was removed. Keep its number with the request."
    )
    yield "\n".join(["WHAT WAS FOUND, AND REMOVED", *_found(receipt)])
    yield "\n".join(["WHAT ELSE WAS CLEANED", *_cleaned(receipt.cleaned)])
    yield "\n".join(["IS IT REALLY GONE?", *_search(receipt.search, is_user=is_user)])
    yield "\n".join(["WHAT STILL HOLDS IT, AND UNTIL WHEN", *_remains(receipt)])
    yield "\n".join(["WHAT COULD NOT BE SEARCHED", *(f"- {words}" for words in receipt.not_searched)])
    yield "\n".join(["WHAT IS KEPT ON PURPOSE, AND WHY", *(_USER_KEPT if is_user else _ACCOUNT_KEPT)])
    if is_user:
        yield f"CAN SOMEONE TELL WHO IT WAS?\n{_INFERENCE}"
    yield f"CAN THE DATA COME BACK?\n{_suppression(receipt)}"
    yield "\n".join(["WHAT YOU STILL HAVE TO DO", *_to_do(receipt)])
    yield f"HOW DO I KNOW THAT THIS RECEIPT IS GENUINE?\n{_proof(receipt)}"


def removed_whom(receipt: Receipt) -> str:
    """The subject of the first sentence, with its verb."""
    if receipt.whom.what == AN_ACCOUNT:
        return "an account was"
    if not receipt.whom.people:
        return "whoever had come back was"
    return "a user was" if receipt.whom.people == 1 else f"{receipt.whom.people:,} users were"


def _result(receipt: Receipt) -> str:
    if receipt.is_complete:
        return "Result: COMPLETE. Everything within reach was searched again, and nothing is left there."
    return (
        "Result: NOT COMPLETE. Something is left, or could not be read or changed: the lines in capitals below say "
        "where. The command has named these objects and files. Do not answer the request yet."
    )


def _found(receipt: Receipt) -> Iterator[str]:
    places = receipt.found
    for one in places:
        if one.copies:
            # An object with several of these users is counted for each.
            within = f" in {_number(one.sources, 'object')}" if one.sources > 1 and receipt.whom.people == 1 else ""
            yield f"- {one.place}: {_number(one.copies, 'row')}{within}."
    if nothing := [one.place for one in places if not one.copies]:
        yield f"Nothing was found in: {', '.join(nothing)}."


def _cleaned(places: Sequence[Removed]) -> Iterator[str]:
    for one in places:
        if one.sources or one.copies:
            texts = f", and {_number(one.copies, 'text')} removed" if one.copies else ""
            yield f"- {one.place}: {_number(one.sources, 'file')} written again or deleted{texts}."
        if one.unread:
            yield f"- NOT CLEANED: {one.place}: {_number(one.unread, 'file')}."
    yield (
        "On this machine, the folders of this system (TIKTOK_INSIGHTS_HOME, DAGSTER_HOME) and its temporary folders "
        "were looked through, and nothing else."
    )


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _search(search: Search, *, is_user: bool) -> Iterator[str]:
    read = [f"{_number(one.looked_at, 'object')} in {one.place}" for one in search.places if one.looked_at]
    tables = sum(1 for one in search.places if "." in one.place)
    whom = "everyone who was ever removed" if is_user else "the account"
    counts = f"Found: {search.found:,}. Could not be read: {search.unread:,}."
    yield f"At {search.at}, a second search looked for {whom}. {counts}"
    if is_user:
        yield (
            f"It read every object again ({', '.join(read) or 'there were none'}), and every row of the tables and "
            f"views that have users ({tables:,}). It compared the ID, handle and secUid of each row with the "
            "suppression list, and did not rely on what had been removed. It did not look for nicknames by themselves, "
            "nor a second time at free texts and at this machine's files: those are above."
        )
    yield from (f"- STILL FOUND in {place.place}: {place.copies:,}." for place in search.places if place.copies)
    yield from (
        f"- NOT READABLE OR NOT CHANGEABLE in {place.place}: {place.unread:,}."
        for place in search.places
        if place.unread
    )
    if search.strangers:
        yield (
            f"- NOT SEARCHED: {_number(search.strangers, 'object')} in the bucket that this system did not write. "
            "Whoever put them there has to look."
        )


def _remains(receipt: Receipt) -> Iterator[str]:
    if not receipt.remains:
        yield "- Nothing that this system knows of."
    for one in receipt.remains:
        yield f"- {one.what} Until {one.until}."
        if one.sooner:
            yield "  To end it sooner:"
            yield from (f"    {command}" for command in one.sooner)
        else:
            yield "  Nothing ends it sooner."
    if receipt.last_date:
        yield f"The last of these dates is {receipt.last_date}."


def _suppression(receipt: Receipt) -> str:
    if receipt.whom.what == AN_ACCOUNT:
        return "Yes: an account comes back when it is extracted again. It is not on the suppression list."
    added = f"{receipt.whom.hashes} with this receipt" if receipt.whom.hashes else "by earlier receipts"
    return (
        f"No: keyed hashes of the ID, handles and secUids are on the suppression list ({added}). Rows of such a user "
        "are left out of what is fetched and loaded, also when the user follows again or changes the handle. A new "
        "TikTok account of the same person has another ID, and is another request. An old file that is uploaded again "
        "is in the bucket until tiktok-insights forget runs without a name; its rows are not loaded, and a check names "
        "it. The hashes cannot be turned back into names; with the key, which is kept outside the bucket, one can only "
        "test whether a given name is on the list."
    )


def _to_do(receipt: Receipt) -> Iterator[str]:
    if not receipt.is_complete:
        yield "- Repair or delete what is named in capitals, and run the same command again."
    yield (
        "- Note this number with the request, who made the request, how you made sure of that (for a minor, of the "
        "parents, too: the data has no ages), who ran the command, and what was handed over before."
    )
    yield "- Clean what could not be searched, and tell those who received the data (GDPR, Article 19)."
    after = f" after {receipt.last_date}" if receipt.last_date else ""
    yield f"- Search again{after}: {_AGAIN.format(number=receipt.number)}"
    yield "- Answer within one month of the request (GDPR, Article 12(3))."


def _proof(receipt: Receipt) -> str:
    return (
        f"The file receipt_{receipt.number}.json has a seal over all that it says, and over this text: an HMAC-SHA256 "
        "with the key of the suppression list. --verify refuses a receipt of which a letter was changed, and that of "
        "another bucket. Whoever may read that key could make a seal, so keep a copy where they cannot write. The "
        "receipt does not say who ran the command: on AWS, CloudTrail and Snowflake's query history do."
    )
