"""How long to wait for orders to show, learned from how long they took so far."""

_PAUSE_S = 0.05


def pause_s(waited_s: float) -> float:
    """How long to wait before the next look, after so long a wait: who waits for long is told a little later."""
    return max(_PAUSE_S, waited_s / 3)


class Patience:
    """`seconds` to wait: as long as allowed; after the first time-out, three times the longest wait that succeeded."""

    _AT_LEAST_S = 0.2

    def __init__(self, allowed_s: float) -> None:
        self.seconds = allowed_s
        self._longest = 0.0
        self._last = 0.0

    def pause_s(self, waited_s: float) -> float:
        """How long to wait before the next look. It will hardly show much sooner than the last time."""
        return max(pause_s(waited_s), 0.7 * self._last - waited_s)

    def rewarded(self, after_s: float) -> None:
        """The orders showed, so many seconds after they were placed."""
        self._longest, self._last = max(self._longest, after_s), after_s

    def disappointed(self) -> None:
        """The orders did not show in time."""
        self.seconds = min(self.seconds, max(3 * self._longest, self._AT_LEAST_S))
