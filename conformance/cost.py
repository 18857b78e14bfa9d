"""What a run costs: what its requests were for, and how fast it could have been at best."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

# How long answers took is counted in steps that look alike on a logarithmic scale; up to so many ms each.
LATENCY_STEPS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)

# Round trips are counted in finer steps, each so much longer than the one before, since one of them is multiplied.
_FINE = math.log(1.01)

# The round trip is the time that a tenth of the lists took at most. A median would tell our own queues as well when
# many requests are under way, and make the limit look higher than it is.
_FASTEST = 0.1

SetBy = Literal["chain", "connections", "cpu"]


@dataclass(frozen=True, slots=True)
class Work:
    """What one process did in a run.

    `cpu_s`: its own CPU time. `chain`: the most requests of which none was sent before the one before it was answered.
    `shared`: its requests without those that open connections of their own (bursts, races, readers); `connections`: how
    many of these were under way at once at most. `round_trips`: how many lists took how long, in fine steps.
    """

    cpu_s: float = 0.0
    chain: int = 0
    shared: int = 0
    connections: int = 0
    round_trips: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """No run with this chain, these connections and this CPU time can be faster than `limit_s`.

    It is the largest of chain x round trip, requests x round trip / connections, and our CPU time; `set_by` says which.
    `ratio`: how many times as long the run took.
    """

    round_trip_ms: float
    chain: int
    connections: int
    limit_s: float
    ratio: float
    cpu_ms_per_request: float
    set_by: SetBy = "chain"

    @classmethod
    def from_json(cls, entry: Mapping[str, Any] | None) -> "Limit | None":
        """Read what results.json tells of it; None where it tells nothing."""
        return cls(**{each.name: entry[each.name] for each in fields(cls) if each.name in entry}) if entry else None


def limit(duration_s: float, requests: int, works: Sequence[Work]) -> Limit | None:
    """The limit of a run that took so long; None where no list was answered. Its processes worked side by side."""
    round_trip_ms = _round_trip_ms(sum((Counter(work.round_trips) for work in works), Counter[int]()))
    if round_trip_ms is None:
        return None
    chain, connections = max(work.chain for work in works), sum(work.connections for work in works)
    shared_s = sum(work.shared for work in works) * round_trip_ms / 1000 / connections
    least: dict[SetBy, float] = {
        "chain": chain * round_trip_ms / 1000,
        "connections": shared_s,
        "cpu": max(work.cpu_s for work in works),
    }
    set_by = max(least, key=lambda each: least[each])
    return Limit(
        round_trip_ms=round(round_trip_ms, 2),
        chain=chain,
        connections=connections,
        limit_s=round(least[set_by], 2),
        ratio=round(duration_s / least[set_by], 2),
        cpu_ms_per_request=round(1000 * sum(work.cpu_s for work in works) / requests, 2),
        set_by=set_by,
    )


def fine_step(seconds: float) -> int:
    """The step that a round trip of so many seconds is counted in."""
    return round(math.log(max(seconds, 1e-6)) / _FINE)


def _round_trip_ms(steps: Counter[int]) -> float | None:
    seen = 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= _FASTEST * steps.total():
            return 1000 * math.exp(step * _FINE)
    return None
