"""How far lists may be behind what was done."""

# Who is found to be behind once may be further behind the next time: where several databases answer, by chance.
_FURTHER, _AT_LEAST_S, _AT_MOST_S = 2, 0.5, 1.5


class Behind:
    """How many seconds lists may be behind: `allowed_s`, as the profile says, until one is found to be further behind.

    That is one violation. What else they show late for the same reason is none: they are waited for from then on.
    """

    def __init__(self, allowed_s: float) -> None:
        self.allowed_s = allowed_s
        self.lag_s = allowed_s

    @property
    def further_s(self) -> float:
        """How much further that is than the profile says."""
        return self.lag_s - self.allowed_s

    def found(self, after_s: float = 0.0) -> None:
        """A list was behind, by so much if that was measured, and that is told."""
        self.lag_s = max(self.lag_s, min(max(after_s * _FURTHER, _AT_LEAST_S), _AT_MOST_S))
