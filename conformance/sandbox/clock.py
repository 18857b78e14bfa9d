"""The exchange's clock."""

import time


class Clock:
    """Whole UNIX seconds."""

    def now(self) -> int:
        """The second that it is."""
        return int(time.time())
