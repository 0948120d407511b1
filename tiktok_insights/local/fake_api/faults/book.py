"""Which faults are posted, and how often each has struck.

Here: the decision for one request, and what must survive a restart. Not here: what a fault does. Per fault and account
one number is kept, and per page where its schedule counts by page; nothing per follower.
"""

import collections
from typing import Any

from tiktok_insights.local.fake_api.faults.fault import Asked, Fault, fault_of_fields

_ALL_PAGES = -1
_Place = tuple[str, str, int]  # label of the fault, handle, page or _ALL_PAGES


class FaultBook:
    """The posted faults, numbered from 1, and the strikes of all faults."""

    def __init__(self) -> None:
        self.posted: dict[int, Fault] = {}
        self._turns: collections.Counter[_Place] = collections.Counter()
        self._struck: collections.Counter[_Place] = collections.Counter()

    def post(self, fault: Fault) -> None:
        """Add a fault behind those that are there."""
        self.posted[max(self.posted, default=0) + 1] = fault

    def clear(self) -> None:
        """Take all posted faults back and forget all strikes, so that accounts' own faults begin again."""
        self.posted.clear()
        self.forget_strikes()

    def forget_strikes(self) -> None:
        """Begin to count again."""
        self._turns.clear()
        self._struck.clear()

    def choose(self, asked: Asked) -> Fault | None:
        """Return the fault that strikes this request, and count it; None where the answer is honest.

        The first does whose turn it is: the posted ones in their order, then the account's own. So posted faults
        that strike a number of times play one after the other.
        """
        candidates = [(f"{number}:{fault.name}", fault) for number, fault in self.posted.items()]
        if asked.own is not None:
            candidates.append((asked.own.name, asked.own))
        for label, fault in candidates:
            if fault.concerns(asked) and self._strikes(label, fault, asked):
                return fault
        return None

    def _strikes(self, label: str, fault: Fault, asked: Asked) -> bool:
        """Take one turn of a fault, and tell whether it strikes."""
        schedule = fault.schedule
        place = (label, asked.handle, asked.page if schedule.each_page else _ALL_PAGES)
        if schedule.every > 1:
            turns = (label, asked.handle, _ALL_PAGES)
            self._turns[turns] += 1
            if self._turns[turns] % schedule.every:
                return False
        if schedule.times is not None and self._struck[place] >= schedule.times:
            return False
        self._struck[place] += 1
        return True

    def status(self) -> dict[str, Any]:
        """Return the posted faults, and fault -> account -> strikes, as JSON values."""
        struck: dict[str, collections.Counter[str]] = {}
        for (label, handle, _), count in self._struck.items():
            struck.setdefault(label, collections.Counter())[handle] += count
        posted = [{"number": number, "name": fault.name, **fault.fields()} for number, fault in self.posted.items()]
        return {"posted": posted, "struck": {label: dict(counts) for label, counts in struck.items()}}

    def stored(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "posted": {str(number): fault.fields() for number, fault in self.posted.items()},
            "turns": [[*place, count] for place, count in self._turns.items()],
            "struck": [[*place, count] for place, count in self._struck.items()],
        }

    def restore(self, stored: dict[str, Any]) -> None:
        """Take over what `stored` gave; raises ValueError, KeyError or TypeError for anything else."""
        self.posted = {int(number): fault_of_fields(fields) for number, fields in stored["posted"].items()}
        for counter, name in ((self._turns, "turns"), (self._struck, "struck")):
            counter.update({(str(label), str(handle), int(page)): int(n) for label, handle, page, n in stored[name]})
