"""A target that throttles what the driver does: it may, and is waited for."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.turns import sleep
from conformance.wire.client import THROTTLED, Answer

_WAIT_S = 1.0  # where the answer does not say how long: longer than a quota of one second lasts
_LONGEST_WAIT_S = 30
_LOOKS_EVERY_S = 0.2  # whether it is still to wait
_IN_ALL_S = 240  # in a run: a target that takes nothing any more must not hold it up for ever


class Throttle:
    """Holds all calls of the driver back while the target wants none. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held_until = 0.0  # by the monotonic clock
        self._left_s = float(_IN_ALL_S)

    def outlasting(self, send: Callable[[], Answer], go_on: Callable[[], None]) -> Answer:
        """The first answer that does not throttle; the last one, where that takes too long. What `go_on` raises while
        it waits is raised: nothing is sent then.
        """
        while True:
            while (left_s := self._held_until - time.monotonic()) > 0:
                sleep(min(left_s, _LOOKS_EVERY_S))
                go_on()
            answer = send()
            if answer.status not in THROTTLED or not self._holds(asked_s(answer)):
                return answer

    def _holds(self, for_s: float) -> bool:
        """Hold back whatever comes next for so long; False where there has been too much of that."""
        with self._lock:
            now = time.monotonic()
            until = max(self._held_until, now + for_s)
            longer_s = until - max(self._held_until, now)
            if longer_s > self._left_s:
                return False
            self._held_until, self._left_s = until, self._left_s - longer_s
            return True


def asked_s(answer: Answer) -> float:
    """How many seconds a throttled request is to wait: what Retry-After says, in seconds or as a date (RFC 9110,
    10.2.3), within reason; a second where it says nothing.
    """
    said = answer.exchange.header("retry-after")
    try:
        seconds = float(said) if said.isdecimal() else (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):  # there is none, it is no date, or one without a time zone
        return _WAIT_S
    return min(max(seconds, _WAIT_S), _LONGEST_WAIT_S)
