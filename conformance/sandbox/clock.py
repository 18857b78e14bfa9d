"""The exchange's clock."""

import time


class Clock:
    """Whole UNIX seconds, `ahead` seconds off the machine's."""

    def __init__(self, ahead: float = 0) -> None:
        self._ahead = ahead

    def now(self) -> int:
        """The second that it is."""
        return int(time.time() + self._ahead)
