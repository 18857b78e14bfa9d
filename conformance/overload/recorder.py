"""Takes down every request: when it begins, and what came of it."""

import itertools
import threading
import time
from dataclasses import replace

from conformance.oracle.ledger import Entry

_CUT_OFF = "the run ended before it was answered"


class Recorder:
    """Requests of all accounts. Safe to use from several threads. What has begun and not ended may have been done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._begun: dict[int, Entry] = {}
        self._ended: list[Entry] = []

    def begin(self, entry: Entry) -> int:
        """A request is about to be sent; the number that it ends under."""
        with self._lock:
            number = next(self._numbers)
            self._begun[number] = entry
        return number

    def begun_at(self, number: int) -> float:
        """When a request that has not ended was sent."""
        return self._begun[number].sent_at

    def end(self, number: int, entry: Entry) -> None:
        """So it ended."""
        with self._lock:
            del self._begun[number]
            self._ended.append(entry)

    def drop(self, number: int) -> None:
        """It was not sent."""
        with self._lock:
            del self._begun[number]

    def since(self, ended: int) -> list[Entry]:
        """The requests that have ended since there were so many."""
        with self._lock:
            return self._ended[ended:]

    def __len__(self) -> int:
        return len(self._ended)

    def entries(self) -> list[Entry]:
        """All requests, in the order sent."""
        now = time.monotonic()
        with self._lock:
            open_ones = [replace(entry, ended_at=now, wrong=_CUT_OFF) for entry in self._begun.values()]
            return sorted([*self._ended, *open_ones], key=lambda entry: entry.sent_at)
