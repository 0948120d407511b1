"""The one hook of the application: what strikes a request, and the reply that leaves.

Here: the way from a request to its fault and to its reply. Not here: the rules of either.
"""

from tiktok_insights.local.fake_api.faults.fault import Asked, Fault
from tiktok_insights.local.fake_api.faults.kinds import ARRIVES, LEAVES
from tiktok_insights.local.fake_api.faults.reply import Document, Occasion, Reply, honest
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.state import State


def fault_for(asked: Asked | None, world: World, state: State) -> Fault | None:
    """Return the fault that strikes a request, or None; asked once for each that may be answered, after its count.

    None is also the answer to a request that nobody could answer with more than a refusal. A fault of the clock moves
    it here, before the page is made.
    """
    fault = state.faults.choose(asked) if asked else None
    if asked and fault and fault.kind in (ARRIVES, LEAVES):
        follows = world.follows(world.account(asked.handle))
        moment = (follows.next_arrival if fault.kind == ARRIVES else follows.next_leave)(state.clock)
        state.advance(max(0, (moment or 0) - state.clock))
    return fault


def reply_to(fault: Fault | None, document: Document, path: str, at: int) -> Reply:
    """Return what leaves in answer to `path` at the virtual time `at`, given the honest document."""
    occasion = Occasion(document=document, path=path, at=at, delay_ms=fault.hold_ms if fault else 0)
    return fault.what.change(occasion) if fault else honest(occasion)
