"""How long answers took, as bars on a logarithmic scale."""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.cost import LATENCY_STEPS_MS
from conformance.naming import count
from conformance.operations import OPERATIONS

HEIGHT = 90


@dataclass(frozen=True, slots=True)
class Bar:
    """So many answers that took `at_most` ms, and more than the step before; its height in pixels."""

    at_most: str
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class Plot:
    """One operation: its bars, and the steps within which half, and 95 of 100, of its answers came."""

    operation: str
    answers: str
    half: str
    most: str
    bars: tuple[Bar, ...]


def plots(latency_ms: Mapping[str, Mapping[str, int]]) -> list[Plot]:
    """A plot for each operation that was asked for."""
    known = {each.name: f"{each.method} {each.path}" for each in OPERATIONS}
    return [_plot(known.get(name, name), steps) for name, steps in sorted(latency_ms.items(), reverse=True)]


def _plot(operation: str, steps: Mapping[str, int]) -> Plot:
    counts = {int(step): number for step, number in steps.items()}
    used = [step for step in LATENCY_STEPS_MS if min(counts) <= step <= max(counts)]
    highest = max(counts.values())
    bars = (Bar(_ms(step), n := counts.get(step, 0), max(int(n > 0), round(HEIGHT * n / highest))) for step in used)
    total = sum(counts.values())
    return Plot(
        operation, count(total, "answer"), _within(counts, total * 0.5), _within(counts, total * 0.95), tuple(bars)
    )


def _within(counts: Mapping[int, int], share: float) -> str:
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= share:
            return _ms(step)
    raise AssertionError("a share is not more than the whole")


def _ms(step: int) -> str:
    return f"{step} ms" if step < 1000 else f"{step // 1000} s"
