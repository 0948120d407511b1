"""How tests wait: until something holds, and never without end."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, seconds: float = 20.0, every: float = 0.02) -> T:
    """Come back when `condition` gives something true, with that; fail the test after `seconds`.

    It is asked `every` so many seconds, which is to be more where each question is work for another process.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds:.0f} s"
        time.sleep(every)
    return value
