"""Trials with several seeds: how often each fault is found and named first, how often each twin is clean."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.proving.matrix import Trial

# What is asked for: each fault found in so many of its runs, all of them together named first in so many, and each
# twin clean in all.
FOUND, FIRST = 0.99, 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """What came of one variant's `runs`. `breaks` None: a twin.

    `good`: the runs that found the fault, or left the twin alone; `first`: those that named it first by what it breaks.
    """

    name: str
    breaks: str | None
    runs: int
    good: int
    first: int = 0

    @property
    def found(self) -> float:
        """The share of runs that found it; of a twin, of those that were clean."""
        return self.good / self.runs

    @property
    def named(self) -> float:
        """The share of runs that named it first."""
        return self.first / self.runs

    def __str__(self) -> str:
        if self.breaks is None:
            return f"{self.name}: clean in {self.good} of {self.runs}"
        return f"{self.name} ({self.breaks}): found in {self.good} of {self.runs}, named first in {self.first}"


class Shares:
    """The shares of all variants that were tried."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        tried: dict[str, list[Trial]] = defaultdict(list)
        for trial in trials:
            tried[trial.name].append(trial)
        self.all = [_share(tried[name]) for name in sorted(tried)]
        self.faults = [share for share in self.all if share.breaks is not None]
        self.twins = [share for share in self.all if share.breaks is None]

    def weakest(self, count: int = 10) -> list[Share]:
        """The faults that are not found, or not named first, most often; none that always are."""
        wanting = [share for share in self.faults if min(share.good, share.first) < share.runs]
        return sorted(wanting, key=lambda share: (share.found, share.named, share.name))[:count]

    @property
    def accused(self) -> list[Share]:
        """The twins that were not clean in every run."""
        return [share for share in self.twins if share.good < share.runs]

    @property
    def named_first(self) -> float:
        """Of all runs of faults, the share that named the fault first by what it breaks; 1 without any."""
        runs = sum(share.runs for share in self.faults)
        return sum(share.first for share in self.faults) / runs if runs else 1.0

    @property
    def proven(self) -> bool:
        """Whether the shares are as high as is asked for."""
        found = all(share.found >= FOUND for share in self.faults)
        return found and self.named_first >= FIRST and not self.accused

    def changes(self, old: "Shares") -> Iterator[tuple[Share | None, Share | None]]:
        """What differs from older shares, before and after; None: it was not tried."""
        before, after = ({share.name: share for share in shares.all} for shares in (old, self))
        for name in sorted({*before, *after}):
            was, now = before.get(name), after.get(name)
            if was is None or now is None or (was.found, was.named) != (now.found, now.named):
                yield was, now

    def to_json(self) -> dict[str, Any]:
        """The whole as a JSON document."""
        return {
            "proven": self.proven,
            "named_first": round(self.named_first, 4),
            "faults": [_entry(share, found=share.found, named_first=share.named) for share in self.faults],
            "twins": [_entry(share, clean=share.found) for share in self.twins],
        }


def _share(trials: Sequence[Trial]) -> Share:
    good, first = (sum(map(bool, each)) for each in zip(*((t.good, t.named_first) for t in trials), strict=True))
    fault = trials[0].breaks is not None
    return Share(trials[0].name, trials[0].breaks, len(trials), good, first if fault else 0)


def _entry(share: Share, **shares: float) -> dict[str, Any]:
    return {"name": share.name, "runs": share.runs, **{what: round(value, 4) for what, value in shares.items()}}


def portion(text: str) -> tuple[int, int]:
    """`K/N`, the K-th of N portions, as numbers. Raises ValueError."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ValueError(f"{text!r} is not K/N with K from 1 to N, such as 2/7")
    return int(part), int(parts)
