"""How tests tell people of the effects at which they cut loads off: one line each, and how many ended right.

What an effect is, and what is wrong after one, is the tests' business.
"""

from collections.abc import Iterable, Iterator

import pytest


def wrong_of(capture: pytest.CaptureFixture[str], outcomes: Iterable[tuple[str, Iterator[str]]]) -> list[str]:
    """Print each effect as soon as it is known how its load ended, then how many ended right; give what is wrong.

    `outcomes` are effects with the sentences about what is not as it must be.
    """
    wrong: list[str] = []
    right = ended = 0
    _say(capture, "")
    for effect, sentences in outcomes:
        found = [f"{effect}: {sentence}" for sentence in sentences]
        wrong += found
        right += not found
        ended += 1
        _say(capture, f"  {'wrong' if found else 'right'}: {effect}")
    _say(capture, f"  {right} of {ended} ended right")
    return wrong


def _say(capture: pytest.CaptureFixture[str], line: str) -> None:
    with capture.disabled():
        print(line, flush=True)  # noqa: T201  # the list of effects is for people
