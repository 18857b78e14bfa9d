"""What a run has covered, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What each count of an area counts, and the section of the catalogue that it is about.
_COUNTED = {
    ("queries", "pairs"): "pairs of list parameters whose values tell",
    ("queries", "triples"): "triples of list parameters whose values tell",
    ("queries", "fours"): "fours of list parameters whose values tell",
    ("orders", "pairs"): "pairs of order properties",
    ("orders", "triples"): "triples of order properties",
    ("cancels", "sizes"): "numbers of live orders at a cancel-all",
    ("cancels", "kinds"): "credentials whose cancel-all met every kind of live order",
    ("cancels", "triples"): "triples of what is canceled by whom with which credential and where",
    ("credentials", "forged"): "forged credentials",
}
_AREAS = {
    "list": ("queries", "orders"),
    "order": ("orders",),
    "cancel": ("cancels", "orders"),
    "access": ("credentials",),
}


@dataclass(frozen=True, slots=True)
class Covered:
    """One area: what of it was done, in words, and what is missing."""

    area: str
    counts: tuple[str, ...]
    gaps: tuple[str, ...]


def told(coverage: Mapping[str, Mapping[str, Any]], section: str | None = None) -> list[Covered]:
    """The areas in words; with a section of the catalogue only those that it is about."""
    areas = coverage if section is None else [each for each in _AREAS.get(section, ()) if each in coverage]
    return [_in_words(area, coverage[area]) for area in areas]


def _in_words(area: str, covered: Mapping[str, Any]) -> Covered:
    counts = [f"{done[0]} of {done[1]} {_COUNTED.get((area, name), name)}" for name, done in _counts(covered)]
    return Covered(area, tuple(counts), tuple(covered.get("gaps", ())))


def _counts(covered: Mapping[str, Any]) -> list[tuple[str, Sequence[int]]]:
    return [(name, done) for name, done in covered.items() if name != "gaps"]
