"""Counts requests by what they are for, and how long the answers took."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from conformance.cost import LATENCY_STEPS_MS

Purpose = Literal[
    "clean-up",
    "set-up",
    "readers",
    "overload",
    "bursts",
    "races",
    "forged credentials",
    "odd input",
    "looks",
    "lists",
    "cancel-alls",
]
"""What a request is for. Of several that hold at once the one counts that is named first here."""

PURPOSES: tuple[Purpose, ...] = Purpose.__args__  # type: ignore[attr-defined]

APART = frozenset[Purpose](("readers", "overload", "bursts", "races"))
"""Purposes whose requests open connections of their own."""


@dataclass(slots=True)
class Counts:
    """Requests that were sent, by their purpose, and how many of them repeated one after a 503."""

    by_purpose: Counter[str] = field(default_factory=Counter)
    retried_503: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_purpose.total()

    @property
    def setup(self) -> int:
        """Those that bring the target into a state, and leave it as it was found."""
        return self.by_purpose["set-up"] + self.by_purpose["clean-up"]

    @property
    def readers(self) -> int:
        """Lists that are asked for while something is done."""
        return self.by_purpose["readers"]

    def add(self, other: "Counts") -> None:
        """Count these as well."""
        self.by_purpose.update(other.by_purpose)
        self.retried_503 += other.retried_503

    def totals(self) -> dict[str, int]:
        """As in results.json."""
        return {"total": self.total, "setup": self.setup, "readers": self.readers, "retried_503": self.retried_503}

    def purposes(self) -> dict[str, int]:
        """Each purpose that requests were sent for, in the order in which PURPOSES names them."""
        return {each: self.by_purpose[each] for each in PURPOSES if self.by_purpose[each]}


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
