"""The target's clock, as far as the orders that were just placed tell of it."""

import math

from conformance.orders import Order

# Stamps may be rounded rather than cut off, and set a moment before or after the deed.
_ROUNDING_S = 1

_SECONDS = 10**10  # of more digits are milliseconds: they tell nothing of the seconds of a clock


class TargetClock:
    """Bounds on how far the target's clock is ahead of ours, in seconds, narrowed with each order placed."""

    def __init__(self) -> None:
        self._behind = -math.inf
        self._ahead = math.inf
        self.times_set = 0  # as far as orders have told

    @property
    def known(self) -> bool:
        """Whether any order has told of it yet."""
        return math.isfinite(self._ahead) and math.isfinite(self._behind)

    def learn(self, placed: Order, sent_at: float, answered_at: float) -> None:
        """An order that was created between two moments of our own clock."""
        if placed.created_at >= _SECONDS:
            return
        behind, ahead = placed.created_at - answered_at, placed.created_at + 1 - sent_at
        if behind > self._ahead or ahead < self._behind:
            # The clock was set, or drifts: what is newer holds.
            self._behind, self._ahead = behind, ahead
            self.times_set += 1
        else:
            self._behind, self._ahead = max(behind, self._behind), min(ahead, self._ahead)

    def now_at_least(self, now: float) -> int | None:
        """The second that the target's clock has reached for certain at this moment of ours; None: not known."""
        return math.floor(now + self._behind) if self.known else None

    def of_one_second(self, earlier: float, later: float) -> bool:
        """Whether the target's clock shows one second for certain at both of these moments of ours, or is not known."""
        return not self.known or math.floor(earlier + self._behind) == math.floor(later + self._ahead)

    def next_second(self, now: float) -> float | None:
        """The moment of our clock at which the target's clock has just begun a second that it has not at this moment;
        None: not known.
        """
        return math.floor(now + self._ahead) + 1 - self._behind if self.known else None

    def later_than(self, second: int) -> float | None:
        """The moment of our clock from which on all that the target stamps is of a later second; None: not known."""
        return second + 1 + _ROUNDING_S - self._behind if self.known else None

    def window(self, sent_at: float, answered_at: float) -> tuple[int, int] | None:
        """The whole seconds that the target may have stamped between two moments of our clock, both ends inclusive."""
        if not self.known:
            return None
        return (
            math.floor(sent_at + self._behind) - _ROUNDING_S,
            math.ceil(answered_at + self._ahead) + _ROUNDING_S,
        )
