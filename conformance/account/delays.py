"""When all lists show what was done to an account."""

import time
from collections.abc import Callable

from conformance.account.behind import Behind


class Delays:
    """As long as the profile allows for orders to settle, and as lists are `behind`. Times by the monotonic clock.

    `changed_at`: when something was done to the account last. `placed_at`: when an order was placed last, or was in a
    list for the first time.
    """

    def __init__(self, settle_s: float, behind: Behind, placed_at: Callable[[], float]) -> None:
        self.changed_at = float("-inf")
        self._behind = behind
        self._settle_s = settle_s
        self._placed_at = placed_at

    @property
    def canceled_from(self) -> float:
        """When all lists show what was canceled."""
        return self.changed_at + self._behind.lag_s

    @property
    def consistent_from(self) -> float:
        """When all lists agree. Where lists lag, some may lag behind an order or a trade that others have shown."""
        return max(self.canceled_from, self._placed_from + self._behind.lag_s if self._behind.lag_s else 0.0)

    def left_s(self, *, placed: bool) -> float:
        """How long it still is until no list may lag behind what was canceled, or `placed`; below 0 once it is over."""
        shown_from = max(self.consistent_from, self._placed_from) if placed else self.canceled_from
        return shown_from - time.monotonic()

    @property
    def _placed_from(self) -> float:
        return self._placed_at() + self._settle_s
