"""What a run means to place, written down before it does, so that the next one knows what a killed one has left."""

import contextlib
import hashlib
import itertools
import json
import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import filelock

from conformance.account.ticket import Ticket
from conformance.verdict import Inconclusive

FOLDER = "p99-conformance"


# After so long an order that was left behind is no news to anybody.
_OLD_S = 90 * 24 * 3600


class Taken(Inconclusive):
    """Another run on this machine is at work with the account."""


class Journal:
    """The orders of runs on one account of one target, a JSON object a line: what was asked for, and the id once known.

    It lies where the user's programs keep their state, belongs to one run at a time, and is gone once a run has cleaned
    up. Where nothing can be written it keeps nothing, and keeps nobody out.
    """

    def __init__(self, base_url: str, account: str) -> None:
        state = _state()
        name = hashlib.sha256(f"{base_url} {account}".encode()).hexdigest()[:16]
        self._account = account
        self._path = state / FOLDER / f"{name}.jsonl"
        self._lock = filelock.FileLock(self._path.with_suffix(".lock"), blocking=False)
        self._serial = itertools.count()
        self.intended: list[Ticket] = []

    @property
    def keeps(self) -> bool:
        """Whether the next run will find what is written down."""
        return self._lock.is_locked and self._path.exists()

    def open(self) -> list[Mapping[str, Any]]:
        """Take it, until it is closed or the process ends; raises Taken.

        Returns the orders that earlier runs wrote down and have not cleaned up, each with its id where that is known.
        """
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except filelock.Timeout:
                who = f"another run on this machine uses {self._account}"
                told = f"{who}: wait until it ends, or use other accounts"
                raise Taken(told) from None
        self._forget_old_ones()
        earlier = self._read()
        self._serial = itertools.count(max(earlier, default=-1) + 1)
        return list(earlier.values())

    def intend(self, tickets: Sequence[Ticket]) -> list[int]:
        """Write down orders before they are asked for; returns a number for each."""
        numbers = [next(self._serial) for _ in tickets]
        self.intended += tickets
        self._write({"number": number, **ticket.to_json()} for number, ticket in zip(numbers, tickets, strict=True))
        return numbers

    def name(self, number: int, id: str) -> None:
        """Write down what the target calls an order."""
        self.name_each({number: id})

    def name_each(self, ids: Mapping[int, str]) -> None:
        """Write down what the target calls these orders, by their numbers."""
        self._write({"number": number, "id": id} for number, id in ids.items())

    def close(self, *, clean: bool, finished: Collection[str] = ()) -> None:
        """Let the next run have it; `clean`: nothing of this one, or of those before it, is left.

        Orders that are `finished`, by their ids, are not kept for it.
        """
        if not self._lock.is_locked:
            return
        with contextlib.suppress(OSError):
            if clean:
                self._path.unlink(missing_ok=True)
            elif finished:
                left = [entry for entry in self._read().values() if entry.get("id") not in finished]
                self._path.write_text("".join(json.dumps(entry) + "\n" for entry in left), encoding="utf-8")
            if not self._path.exists():
                Path(self._lock.lock_file).unlink()  # who waits for it sees that it is gone, and makes it anew
        self._lock.release()

    def _forget_old_ones(self) -> None:
        """Remove journals that nobody has written into for long: of targets that are no more, say a sandbox's."""
        with contextlib.suppress(OSError):
            for path in self._path.parent.iterdir():
                if path.stem != self._path.stem and time.time() - path.stat().st_mtime > _OLD_S:
                    path.unlink()

    def _read(self) -> dict[int, Mapping[str, Any]]:
        orders: dict[int, dict[str, Any]] = {}
        with contextlib.suppress(OSError):
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # a killed run broke off
                    entry = json.loads(line)
                    orders.setdefault(int(entry["number"]), {}).update(entry)
        return dict(orders)

    def _write(self, lines: Iterable[Mapping[str, Any]]) -> None:
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


def _state() -> Path:
    """Where the user's programs keep their state. Who has no home has no such place."""
    if given := os.environ.get("XDG_STATE_HOME"):
        return Path(given)
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:
        return Path(os.devnull)
