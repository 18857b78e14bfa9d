"""Decides when to give up a target that answers too late or not at all, so that the run ends."""

import threading
import time
from collections.abc import Callable

from conformance.operations import LIST

SLOW_S = LIST.patience_s
SLOW_IN_A_ROW = 3
# Requests in a row whose retries were all answered 503. Each takes about two seconds, enough for an engine to restart.
BUSY_IN_A_ROW = 10

# How long to wait for a target that is away: longer than a database or a gateway takes to change over.
AWAY_S = 8
_FIRST_LOOK_S = 0.05
_LOOK_EVERY_S = 0.5


class Breaker:
    """Counts slow and busy requests in a row. Safe to use from several threads. Times are from the monotonic clock.

    Slow requests that ran at the same time count as one, since they may have waited for the same thing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slow = 0
        self._busy = 0
        self._unanswered = False
        self._counted_at = float("-inf")
        self._last_words = ""
        self._until_the_end = False
        self._in_vain = False

    def patience_s(self, at_most: float) -> float:
        """How long to wait for the next answer. Less than usual if the last one never came."""
        return min(at_most, SLOW_S) if self._unanswered else at_most

    def given_up(self) -> str | None:
        """Why no request is sent any more. None if requests are still sent."""
        if self._slow < SLOW_IN_A_ROW or self._until_the_end:
            return None
        return (
            f"stopped after {self._slow} requests in a row that took {SLOW_S} s or more; the last: {self._last_words}"
        )

    def keep_on(self) -> None:
        """Never give up from now on: the run cleans up, and that is worth the wait."""
        self._until_the_end, self._in_vain = True, False

    def outlast(self, is_back: Callable[[], bool]) -> bool:
        """Wait until a target that is away `is_back`, looking more and more seldom; False if the time for that is up.

        Once that was in vain, there is one look each time, until the target is back.
        """
        deadline = time.monotonic() + (0 if self._in_vain else AWAY_S)
        wait_s = _FIRST_LOOK_S
        while True:
            time.sleep(wait_s)
            if is_back():
                self._in_vain = False
                return True
            if time.monotonic() > deadline:
                self._in_vain = True
                return False
            wait_s = min(2 * wait_s, _LOOK_EVERY_S)

    def ended(self, sent_at: float, words: str, *, answered: bool) -> None:
        """Count a request that has just ended. `words` say how it ended."""
        now = time.monotonic()
        with self._lock:
            if now - sent_at < SLOW_S:
                if answered:
                    self._slow, self._unanswered = 0, False
            elif sent_at >= self._counted_at:
                self._slow += 1
                self._counted_at, self._unanswered, self._last_words = now, not answered, words

    def retries(self, at_most: int) -> int:
        """How often to try a request that is answered 503: once if many requests in a row stayed busy."""
        return 1 if self._busy >= BUSY_IN_A_ROW else at_most

    def busy(self, to_the_last: bool) -> None:
        """Count an answered request. `to_the_last`: even the last attempt was answered 503."""
        with self._lock:
            self._busy = self._busy + 1 if to_the_last else 0
