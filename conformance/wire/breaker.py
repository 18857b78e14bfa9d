"""When to stop asking a target that answers too late or not at all, so that a run against it ends."""

import threading
import time

from conformance.operations import LIST

SLOW_S = LIST.patience_s
SLOW_IN_A_ROW = 3
# Sends whose retries were all answered 503, some two seconds each: an engine that restarts is back by then.
BUSY_IN_A_ROW = 10


class Breaker:
    """Counts what was waited for in vain, in a row. Safe to use from several threads. Times by the monotonic clock.

    Requests that were under way together count as one: they may have waited for the same thing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slow = 0
        self._busy = 0
        self._unanswered = False
        self._counted_at = float("-inf")
        self._last_words = ""
        self._until_the_end = False

    def patience_s(self, at_most: float) -> float:
        """How long to wait for the next answer: less, where the last one never came."""
        return min(at_most, SLOW_S) if self._unanswered else at_most

    def given_up(self) -> str | None:
        """Why nothing is sent any more; None while it is."""
        if self._slow < SLOW_IN_A_ROW or self._until_the_end:
            return None
        return f"given up, {self._slow} requests in a row having taken {SLOW_S} s or more; the last: {self._last_words}"

    def keep_on(self) -> None:
        """Give up no more: what is left is to clean up, and worth any wait."""
        self._until_the_end = True

    def ended(self, sent_at: float, words: str, *, answered: bool) -> None:
        """A request has ended just now; `words` say how."""
        now = time.monotonic()
        with self._lock:
            if now - sent_at < SLOW_S:
                if answered:
                    self._slow, self._unanswered = 0, False
            elif sent_at >= self._counted_at:
                self._slow += 1
                self._counted_at, self._unanswered, self._last_words = now, not answered, words

    def retries(self, at_most: int) -> int:
        """How often to try what is answered 503: once, where it has been in vain for long."""
        return 1 if self._busy >= BUSY_IN_A_ROW else at_most

    def busy(self, to_the_last: bool) -> None:
        """A send was answered, `to_the_last` attempt with a 503."""
        with self._lock:
            self._busy = self._busy + 1 if to_the_last else 0
