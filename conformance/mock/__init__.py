"""The sandbox for those who write clients: served in a thread, with faults that are switched while it runs.

`from conformance.mock import p99_sandbox` in a conftest.py makes it a fixture of pytest, as `-p conformance.mock` does.
Nothing is registered with pytest when the package is installed.
"""

import contextlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import ACCOUNTS, Sandbox
from conformance.sandbox.credentials import Keys
from conformance.sandbox.front import Front
from conformance.sandbox.server import api_url, in_thread, listen


@dataclass(frozen=True, slots=True)
class P99Sandbox:
    """A served sandbox. `base_url`: the URL of the API. `accounts`: the credentials of each, by its name."""

    base_url: str
    accounts: dict[str, Keys]
    front: Front

    def switch(self, *names: str) -> None:
        """Serve these faults and twins from now on; without any, the reference. Orders stay. Raises ValueError."""
        self.front.switch(names)

    @contextlib.contextmanager
    def fault(self, *names: str) -> Iterator[None]:
        """Serve these besides what is served while the context lasts."""
        before = list(self.front.names)
        self.switch(*before, *names)
        try:
            yield
        finally:
            self.switch(*before)


def front(
    names: Sequence[str] = (),
    *,
    seed: int | None = None,
    accounts: int | Sequence[str] = 2,
    latency_ms: float = 0.0,
    log: Path | None = None,
    **options: Any,
) -> Front:
    """What is served: a sandbox of these variants. `accounts`: how many, or their names besides the first two.

    `options`: as for the sandbox. Raises ValueError.
    """
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed  # the same credentials at each switch
    further = [_name(number) for number in range(2, accounts)] if isinstance(accounts, int) else accounts

    def make(chosen: Sequence[str]) -> Sandbox:
        return faults.combined([_variant(name) for name in chosen], seed, accounts=further, **options)

    return Front(make, names, latency_ms / 1000, log)


@contextlib.contextmanager
def serve(names: Sequence[str] = (), *, port: int = 0, **options: Any) -> Iterator[P99Sandbox]:
    """Serve on 127.0.0.1 while the context lasts. `options`: those of `front`. Raises ValueError or OSError."""
    made = front(names, **options)
    listening, root = listen(port)
    with in_thread(made, listening):
        yield P99Sandbox(api_url(root), made.sandbox.gatekeeper.keys, made)


@pytest.fixture
def p99_sandbox() -> Iterator[P99Sandbox]:
    """A sandbox with two accounts, alice and bob, for one test."""
    with serve() as served:
        yield served


def _name(number: int) -> str:
    return ACCOUNTS[number] if number < len(ACCOUNTS) else f"account{number + 1}"


def _variant(name: str) -> faults.Variant:
    known: dict[str, faults.Variant] = {**faults.load(), **faults.twins()}
    if name not in known:
        near = " or ".join(get_close_matches(name, known, n=3))
        raise ValueError(f"there is no fault or twin named {name!r}{near and f'; did you mean {near}?'}")
    return known[name]
