"""How closely requests follow one another: the longest chain of them, and how many are under way at once."""

import threading
import time
from collections import Counter

from conformance.cost import Work, fine_step

# A target that answers sooner is near.
_FAR_S = 0.005


class Pace:
    """How closely requests follow one another, in one process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chain = self._shared = self._connections = 0
        self._answered_at = float("-inf")  # when the last request of the chain was
        self._under_way: set[int] = set()  # the threads whose request is
        self._round_trips: Counter[int] = Counter()
        self._fastest_s = float("inf")

    def sent(self, *, apart: bool) -> None:
        """This thread sends a request; `apart`: over a connection that is not shared with the others."""
        if apart:
            return
        with self._lock:
            self._shared += 1
            self._under_way.add(threading.get_ident())
            self._connections = max(self._connections, len(self._under_way))

    def ended(self, sent_at: float, *, is_list: bool) -> None:
        """The request of this thread has ended; `sent_at` by the monotonic clock. `is_list`: a list came back.

        Requests come here in the order in which they end. To take each that was sent after the end of the last one
        taken gives the longest chain that there is.
        """
        with self._lock:
            now = time.monotonic()
            if is_list and threading.get_ident() in self._under_way:
                self._round_trips[fine_step(now - sent_at)] += 1
                self._fastest_s = min(self._fastest_s, now - sent_at)
            self._under_way.discard(threading.get_ident())
            if sent_at >= self._answered_at:
                self._chain += 1
                self._answered_at = now

    def is_far(self) -> bool:
        """Whether the fastest list took so long that requests side by side save time."""
        return _FAR_S < self._fastest_s < float("inf")

    def work(self, cpu_s: float) -> Work:
        """What was done until now, in so much CPU time."""
        with self._lock:
            return Work(cpu_s, self._chain, self._shared, self._connections, dict(self._round_trips))
