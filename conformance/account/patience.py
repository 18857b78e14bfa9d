"""How long to wait for orders to show, learned from how long they took so far."""


class Patience:
    """`seconds` to wait: as long as allowed; after the first time-out, three times the longest wait that succeeded."""

    _AT_LEAST_S = 0.2

    def __init__(self, allowed_s: float) -> None:
        self.seconds = allowed_s
        self._longest = 0.0

    def rewarded(self, after_s: float) -> None:
        """The orders showed, so many seconds after they were placed."""
        self._longest = max(self._longest, after_s)

    def disappointed(self) -> None:
        """The orders did not show in time."""
        self.seconds = min(self.seconds, max(3 * self._longest, self._AT_LEAST_S))
