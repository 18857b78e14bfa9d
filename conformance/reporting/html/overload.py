"""The picture of an overload, drawn without a script: offered and accepted over time, and how long answers took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from conformance.reporting.overload import COLUMNS, PERCENTILES, Told, told
from conformance.results import Results

WIDTH, HEIGHT = 760, 180  # of the plot itself
LEFT, TOP, BELOW = 44, 16, 34
_MARKS = ("p50", "p90", "p99", "p100")


@dataclass(frozen=True, slots=True)
class Line:
    """One count over time, as the points of a polyline."""

    name: str
    points: str


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which something held, from one x to another."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """How long answers of one kind took: where its percentiles lie."""

    name: str
    count: int
    y: int
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the template draws. `full`: when the engine refused; `steps`: where bursts grew, and to how much.

    `marks`: when the load had ended, and when all accounts had recovered.
    """

    told: Told
    says: str
    highest: str
    seconds: float
    lines: tuple[Line, ...]
    full: tuple[Span, ...]
    steps: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    scale: tuple[tuple[float, str], ...]
    columns: tuple[str, ...] = COLUMNS
    percentiles: tuple[str, ...] = PERCENTILES


def picture(results: Results) -> Picture | None:
    """The picture of an overload; None where it was a run."""
    words = told(results)
    if words is None or not results.overload:
        return None
    line = results.overload["timeline"]
    step_s, count = line["step_s"], len(line["offered"])
    seconds = step_s * count
    highest = max(*line["offered"], *line["accepted"], 1)
    points = {name: _points(line[name], highest) for name in ("offered", "accepted", "refused")}
    rows, scale = _rows(results.overload["latency_ms"])
    return Picture(
        told=words,
        says=f"offered and accepted requests over {seconds:.1f} s; {words.ledger}",
        highest=f"{highest / step_s:.0f}/s",
        seconds=seconds,
        lines=tuple(Line(name, text) for name, text in points.items()),
        full=tuple(_spans(line["refused"])),
        steps=tuple(_steps(results.overload["steps"], seconds)),
        marks=tuple(_marks(results.overload, seconds)),
        ticks=tuple((LEFT + WIDTH * part / 4, f"{seconds * part / 4:.1f} s") for part in range(5)),
        rows=rows,
        scale=scale,
    )


def _points(counts: Sequence[int], highest: int) -> str:
    each = WIDTH / len(counts)
    return " ".join(
        f"{LEFT + (number + 0.5) * each:.1f},{TOP + HEIGHT * (1 - count / highest):.1f}"
        for number, count in enumerate(counts)
    )


def _spans(refused: Sequence[int]) -> list[Span]:
    each = WIDTH / len(refused)
    return [Span(round(LEFT + number * each, 1), round(each, 1)) for number, count in enumerate(refused) if count]


def _steps(steps: Sequence[Mapping[str, Any]], seconds: float) -> list[tuple[float, str]]:
    """Where a burst began that had more requests at once than the one before it."""
    found: list[tuple[float, str]] = []
    at_once = 0
    for step in steps:
        x = LEFT + WIDTH * step["from_s"] / max(seconds, 0.001)
        if step["at_once"] > at_once and (not found or x > found[-1][0] + 30):
            found.append((round(x, 1), str(step["at_once"])))
        at_once = max(at_once, step["at_once"])
    return found


def _marks(figures: Mapping[str, Any], seconds: float) -> list[tuple[float, str]]:
    ended_s = figures["load_ended_s"]
    if ended_s is None:
        return []
    after = [each["after_s"] for each in figures["recovery"]]
    moments = [(ended_s, "load ended")]
    if after and None not in after:
        moments.append((ended_s + max(after), "recovered"))
    return [(round(LEFT + WIDTH * min(1.0, at / max(seconds, 0.001)), 1), text) for at, text in moments]


def _rows(latencies: Sequence[Mapping[str, Any]]) -> tuple[tuple[Row, ...], tuple[tuple[float, str], ...]]:
    """A row for each kind of answer on a logarithmic scale, and the scale."""
    longest = max((each["p100"] for each in latencies), default=1.0)
    decades = max(1, len(str(int(longest))))

    def x(ms: float) -> float:
        return round(LEFT + 130 + (WIDTH - 160) * log10(max(1.0, ms)) / decades, 1)

    rows = tuple(
        Row(
            f"{each['kind']} {each['ending']}",
            each["count"],
            TOP + 22 * number,
            tuple((x(each[mark]), mark) for mark in _MARKS),
        )
        for number, each in enumerate(latencies)
    )
    return rows, tuple((x(10**power), f"{10**power} ms") for power in range(decades + 1))
