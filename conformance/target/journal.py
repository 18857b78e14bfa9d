"""What a run means to place, written down before it does, so that the next one knows what a killed one has left."""

import contextlib
import hashlib
import itertools
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = "p99-conformance"


class Journal:
    """One run's orders on one account of one target, a JSON object a line: what was asked for, and the id once known.

    It lies where the user's programs keep their state, and is gone once the run has cleaned up. Where nothing can be
    written it keeps nothing.
    """

    def __init__(self, base_url: str, account: str) -> None:
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        name = hashlib.sha256(f"{base_url} {account}".encode()).hexdigest()[:16]
        self._folder = state / FOLDER
        self._others = f"{name}-*.jsonl"
        self._path = self._folder / f"{name}-{secrets.token_hex(4)}-{os.getpid()}.jsonl"
        self._serial = itertools.count()
        self.intended: list[Mapping[str, Any]] = []

    def intend(self, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Write down orders before they are sent; returns a number for each."""
        numbers = [next(self._serial) for _ in records]
        self.intended += records
        self._write({"number": number, **record} for number, record in zip(numbers, records, strict=True))
        return numbers

    def name(self, number: int, id: str) -> None:
        """Write down what the target calls an order."""
        self._write([{"number": number, "id": id}])

    def earlier(self) -> list[Mapping[str, Any]]:
        """The orders that runs wrote down which are no more and have not cleaned up, each with its id where known."""
        found: list[Mapping[str, Any]] = []
        for path in self._abandoned():
            orders: dict[int, dict[str, Any]] = {}
            with contextlib.suppress(OSError):  # another run may have cleaned up just now
                for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # it may end in a line
                        entry = json.loads(line)
                        orders.setdefault(entry["number"], {}).update(entry)
            found += orders.values()
        return found

    def close(self, *, clean: bool) -> None:
        """The run has ended; `clean`: nothing of it, or of those before it, is left."""
        if clean:
            for path in (self._path, *self._abandoned()):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _write(self, lines: Iterable[Mapping[str, Any]]) -> None:
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)

    def _abandoned(self) -> list[Path]:
        others = (path for path in sorted(self._folder.glob(self._others)) if path != self._path)
        return [path for path in others if not _is_running(path)]


def _is_running(path: Path) -> bool:
    """Whether another process is at work on it; one of this very number, as containers give it again, is no more."""
    pid = int(path.stem.rpartition("-")[2])
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
