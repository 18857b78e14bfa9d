"""What the recording shows of an account behind the answer that is being judged."""

from collections import deque

from conformance.orders import Order
from conformance.recorded.story import Shown

_Sightings = deque[tuple[float, Order, Shown]]


class Ahead:
    """The next answers, in the order in which they were asked for, and each order with the answers that show it.

    It is kept from answer to answer, since most answers show what the ones before them have shown.
    """

    def __init__(self) -> None:
        self.answers: deque[Shown] = deque()
        self._sightings: dict[str, _Sightings] = {}

    def add(self, shown: Shown) -> None:
        """This answer is the last of those that are ahead."""
        self.answers.append(shown)
        asked_at = shown.entry.asked_at
        for order in shown.by_id.values():
            self._sightings.setdefault(order.id, deque()).append((asked_at, order, shown))

    def drop(self) -> None:
        """The first of them is judged now, and is ahead no more."""
        for id in self.answers.popleft().by_id:
            sightings = self._sightings[id]
            sightings.popleft()
            if not sightings:
                del self._sightings[id]

    def after(self, moment: float) -> dict[str, tuple[Order, Shown]]:
        """Each order as the first of these answers shows it that was asked for after this moment."""
        found = {}
        for id, sightings in self._sightings.items():
            for asked_at, order, shown in sightings:
                if asked_at > moment:
                    found[id] = order, shown
                    break
        return found
