"""Counts requests, and how long the answers took."""

from collections import Counter
from dataclasses import dataclass, field

from conformance.results import LATENCY_STEPS_MS


@dataclass(slots=True)
class Counts:
    """Requests that were sent: all of them, those for set-up, those of readers, and those that repeated one after a
    503.
    """

    total: int = 0
    setup: int = 0
    readers: int = 0
    retried_503: int = 0


@dataclass(slots=True)
class Latencies:
    """For each operation: how many answers took at most so many ms, in steps."""

    by_operation: dict[str, Counter[int]] = field(default_factory=dict)

    def add(self, operation: str, elapsed_ms: float) -> None:
        """Count an answer."""
        step = next((step for step in LATENCY_STEPS_MS if elapsed_ms <= step), LATENCY_STEPS_MS[-1])
        self.by_operation.setdefault(operation, Counter())[step] += 1

    def to_json(self) -> dict[str, dict[str, int]]:
        """As in results.json, with steps in rising order."""
        return {name: {str(step): steps[step] for step in sorted(steps)} for name, steps in self.by_operation.items()}
