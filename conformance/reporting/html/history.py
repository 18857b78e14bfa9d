"""Verdicts over several runs as one HTML file without a script, and their plot as an SVG file."""

from dataclasses import dataclass

from conformance.language import page
from conformance.reporting.history import FLAKY, WORST_FIRST, History, counts, listed
from conformance.reporting.html import template

WIDTH, HEIGHT = 760, 180  # of the plot itself
LEFT, TOP, BELOW = 44, 20, 48
_LEAST = 3  # pixels of a bar's part: one violation among a hundred requirements is to be seen
_WIDEST = 48
_TICKS = 24  # so many numbers of runs have room below the bars

# Seen on a white and on a dark ground; the worst verdict lies at the bottom.
COLOURS = {"fail": "#d1352b", "inconclusive": "#d99a1c", "pass": "#3b9a5b", "none": "#aab1bc"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: so many requirements had this verdict."""

    verdict: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One run: its parts, how many requirements failed, and its number where there is room for it."""

    x: float
    width: float
    parts: tuple[Part, ...]
    failed: int
    number: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A bar for each run. `says`: for who cannot see it."""

    bars: tuple[Bar, ...]
    says: str
    highest: int


def plot(told: History) -> Plot:
    """The plot of these runs, the oldest at the left."""
    by_run = [counts(run) for run in told.runs.values()]
    highest = max(map(sum, by_run))
    each = min(WIDTH / len(by_run), _WIDEST)
    every = -(-len(by_run) // _TICKS)
    bars = (
        Bar(
            round(LEFT + number * each, 1),
            round(each * 0.8, 1),
            tuple(_parts(numbers, highest)),
            numbers[0],
            str(number + 1) if number % every == 0 else "",
        )
        for number, numbers in enumerate(by_run)
    )
    failed = ", ".join(str(numbers[0]) for numbers in by_run)
    return Plot(tuple(bars), f"requirements that failed in each run, the oldest first: {failed}", highest)


def _parts(numbers: list[int], highest: int) -> list[Part]:
    heights = [max(HEIGHT * number / max(highest, 1), _LEAST) if number else 0.0 for number in numbers]
    # What small parts were given is taken from the largest, so that no bar is too high.
    excess = sum(heights) - HEIGHT * sum(numbers) / max(highest, 1)
    heights[heights.index(max(heights))] -= excess
    parts, top = [], float(TOP + HEIGHT)
    for verdict, height in zip(WORST_FIRST, heights, strict=True):
        top -= height
        if height > 0:
            parts.append(Part(verdict.word, round(top, 1), round(height, 1)))
    return parts


def html(told: History) -> str:
    """The whole page."""
    rows = template("history.html.j2").render(
        told=told,
        plot=plot(told),
        colours=COLOURS,
        runs=list(listed(told)),
        worst_first=WORST_FIRST,
        flaky=FLAKY,
    )
    return page.said(rows)


def svg(told: History) -> str:
    """The plot alone."""
    return page.said(template("history.svg.j2").render(plot=plot(told), colours=COLOURS))
