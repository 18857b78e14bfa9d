"""What a run shows while it works: a line that moves on a terminal, and a line now and then in a log."""

import time

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from conformance import language
from conformance.naming import count

_TURNS_A_SECOND = 8  # about as often as the spinner steps: at half of that, two of its four forms were shown
_LOG_EVERY_S = 10
_TELLS_FROM = 0.1  # of the checks: what is left is not guessed from fewer


class Progress:
    """Counts checks as they end."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0
        self._violated = 0
        self._doing = "setting up"
        self._started = time.monotonic()
        self._logged_at = float("-inf")
        self._spinner = Spinner("line")  # in ASCII, which every terminal has
        # What is printed is left alone: pytest takes standard output and error for itself meanwhile.
        self._live = Live(
            console=console,
            get_renderable=self._line,
            refresh_per_second=_TURNS_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        if console.is_terminal:
            self._live.start()

    def starts(self, check: str) -> None:
        """A check begins."""
        _, _, name = check.partition("::")
        if self._done:
            self._doing = name.removeprefix("test_").partition("[")[0]
            if language.used() == "en":  # elsewhere it is a name, and no sentence
                self._doing = self._doing.replace("_", " ")
        self._log()

    def ended(self) -> None:
        """A check has ended."""
        self._done += 1
        if self._done == self._total:
            self._doing = "cleaning up"
            self._log()

    def violated(self) -> None:
        """A check has found something."""
        self._violated += 1

    def close(self) -> None:
        """Nothing more will come."""
        self._live.stop()

    def told(self) -> str:
        """Where the run stands, in a line."""
        elapsed = time.monotonic() - self._started
        parts = [f"{self._done}/{count(self._total, 'check')}"]
        if self._violated:
            parts.append(f"{self._violated} violated")
        if _TELLS_FROM * self._total <= self._done < self._total:
            left = elapsed / self._done * (self._total - self._done)
            parts.append(f"{elapsed:.0f} s, about {max(1, left):.0f} s to go")
        else:
            parts.append(f"{elapsed:.0f} s")
        # Each part by itself: of a whole line a sentence that is much like it may be taken.
        return f"{', '.join(map(language.say, parts))}: {language.say(self._doing)}"

    def _line(self) -> Table:
        line = Table.grid(padding=(0, 1))
        line.add_row(self._spinner, Text(self.told(), no_wrap=True, overflow="ellipsis"))
        return line

    def _log(self) -> None:
        now = time.monotonic()
        if not self._console.is_terminal and now - self._logged_at >= _LOG_EVERY_S:
            self._logged_at = now
            self._console.print(self.told(), highlight=False, soft_wrap=True)
