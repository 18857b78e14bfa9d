"""When a cancel-all is sent in a race, and what runs beside it, so that they meet."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import cycle

from conformance.evidence import Exchange

APART_S = 0.004  # what is sent in turn beside a cancel-all


class Aim:
    """How long cancel-all waits, so that some of what runs beside it comes first, and some too late: until the first of
    them is sent, the second, or the third. Each race teaches the next.
    """

    def __init__(self) -> None:
        self._first_s = 0.0  # how much later than a cancel-all that does not wait the first of them is sent
        self._more_s = 0.0  # where that alone does not let them meet, since one of the two takes effect later
        self._turn = cycle((1, 0, 2))
        self._waited_s = 0.0

    def wait_s(self) -> float:
        """The seconds that it waits this time."""
        self._waited_s = max(0.0, self._first_s + self._more_s + next(self._turn) * APART_S)
        return self._waited_s

    def learn(self, canceled: Exchange, beside: Iterable[Exchange], came_first: int, of: int) -> None:
        """It was sent so, after the last `wait_s`, and these beside it. So many, of so many, were done before it."""
        first_at = min((each.sent_at for each in beside), default=canceled.sent_at)
        self._first_s = first_at - canceled.sent_at + self._waited_s
        if came_first in (0, of):
            self._more_s += APART_S if came_first == 0 else -APART_S


def in_turn(do: Callable[[int], None], times: int, at_once: int = 2) -> list[Callable[[], None]]:
    """Calls that do so as many times, each from a connection of its own, so many of them at once."""

    def later(number: int) -> None:
        time.sleep(number // at_once * APART_S)
        do(number)

    return [partial(later, number) for number in range(times)]
