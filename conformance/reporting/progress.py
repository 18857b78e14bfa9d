"""What a run shows while it works: a line that moves on a terminal, and a line for each module of checks elsewhere."""

from rich.console import Console
from rich.status import Status


class Progress:
    """Counts checks as they end."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0
        self._violated = 0
        self._module = ""
        self._status: Status | None = console.status("setting the stage") if console.is_terminal else None
        if self._status:
            self._status.start()

    def starts(self, check: str) -> None:
        """A check begins."""
        module, _, name = check.partition("::")
        words = name.removeprefix("test_").replace("_", " ")
        if self._status:
            violated = f", [red]{self._violated} violated[/red]" if self._violated else ""
            self._status.update(f"{self._done}/{self._total}{violated}  {words}")
        elif module != self._module:
            self._console.print(f"{self._done}/{self._total} {module}", highlight=False)
        self._module = module

    def ended(self) -> None:
        """A check has ended."""
        self._done += 1

    def violated(self) -> None:
        """A check has found something."""
        self._violated += 1

    def close(self) -> None:
        """Nothing more will come."""
        if self._status:
            self._status.stop()
