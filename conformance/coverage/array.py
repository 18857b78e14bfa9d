"""Covering arrays: few rows in which every combination of so many values stands at least once."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations, product

Row = dict[str, str]
"""A value for each parameter."""

Combination = tuple[tuple[str, str], ...]
"""Some parameters with their values, in the order of the parameters."""

Shown = Callable[[Combination], bool]
Shows = Callable[[Mapping[str, str]], Shown]
"""Of a row: whether a combination that stands in it shows there."""

# How many fillings of a row are tried. More of them save few rows. Where a combination shows in none of them, so many
# others are tried, whatever else they bring.
_TRIED, _OTHERS = 6, 60

_COMPLETED = 30  # fillings of a row that is begun already

_OF_A_PART = 3  # how much more it counts where not all can be shown


def always(row: Mapping[str, str]) -> Shown:
    """It shows in each row in which it stands."""
    return lambda combination: True


def combinations_of(parameters: Mapping[str, Sequence[str]], strength: int) -> set[Combination]:
    """Every combination of values of `strength` parameters, whether it can stand in a row or not."""
    return {
        tuple(zip(names, values, strict=True))
        for names in combinations(parameters, strength)
        for values in product(*(parameters[name] for name in names))
    }


def within(row: Mapping[str, str], strength: int) -> set[Combination]:
    """The combinations of `strength` parameters that stand in the row."""
    return set(combinations(row.items(), strength))


def cover(
    parameters: Mapping[str, Sequence[str]],
    wanted: set[Combination],
    rng: random.Random,
    allowed: Callable[[Mapping[str, str]], bool],
    shows: Shows = always,
) -> list[Row]:
    """Rows that show every wanted combination, greedily few. All wanted combinations name as many parameters.

    `allowed` says of a row, or of a part of one, whether it may be. A combination that fits into no allowed row is left
    out. After the greedy construction of D. M. Cohen et al., "The AETG System" (1997): each row starts with a
    combination that is still missing, and takes one value after the other that brings the most missing ones.
    """
    strength = len(next(iter(wanted), ()))
    missing, nothing = _Missing(wanted), _Missing(())
    rows: list[Row] = []
    order = list(parameters)
    while missing.combinations:
        first = next(iter(missing.combinations))
        best: Row | None = None
        gain = 0
        for number in range(_TRIED + _OTHERS):
            if number >= _TRIED and best is not None:
                break
            wished = missing if number < _TRIED else nothing
            row = _filled(dict(first), parameters, wished, rng, allowed, strength)
            if row is None or not (shown := shows(row))(first):
                continue
            held = combinations([(name, row[name]) for name in order], strength)
            new = sum(each in missing.combinations and shown(each) for each in held)
            if new > gain:
                best, gain = {name: row[name] for name in order}, new
        if best is None:
            missing.remove(first)
            continue
        rows.append(best)
        shown = shows(best)
        for each in combinations(best.items(), strength):
            if each in missing.combinations and shown(each):
                missing.remove(each)
    return rows


def completed(
    begun: Sequence[Row],
    parameters: Mapping[str, Sequence[str]],
    wanted: set[Combination],
    rng: random.Random,
    allowed: Callable[[Mapping[str, str]], bool],
) -> list[Row]:
    """These rows with a value for each parameter, chosen so that they show many of the wanted combinations: where no
    more than so many rows can be had. Any row must have values that are allowed.
    """
    strength = len(next(iter(wanted), ()))
    missing = _Missing(wanted)
    parts = {part for each in wanted for part in combinations(each, strength - 1)}
    rows: dict[int, Row] = {}

    def gain(row: Row) -> int:
        """What it shows first. A part counts for more than a whole combination: it is one of several of them."""
        held = len(missing.combinations.keys() & within(row, strength))
        return held + _OF_A_PART * len(parts & within(row, strength - 1))

    for number in rng.sample(range(len(begun)), len(begun)):
        tries = [_filled(dict(begun[number]), parameters, missing, rng, allowed, strength) for _ in range(_COMPLETED)]
        filled = [{name: row[name] for name in parameters} for row in tries if row is not None]
        rows[number] = max(filled, key=gain)
        for each in missing.combinations.keys() & within(rows[number], strength):
            missing.remove(each)
        parts -= within(rows[number], strength - 1)
    return [rows[number] for number in sorted(rows)]


class _Missing:
    """The `combinations` that are still missing, in a fixed order, and by which values they would be completed."""

    def __init__(self, wanted: Collection[Combination]) -> None:
        self.combinations = dict.fromkeys(sorted(wanted))
        self._completed_by: defaultdict[tuple[Combination, str], list[str]] = defaultdict(list)
        for each in self.combinations:
            for part, name, value in _parts(each):
                self._completed_by[part, name].append(value)

    def remove(self, combination: Combination) -> None:
        """It is missing no more."""
        del self.combinations[combination]
        for part, name, value in _parts(combination):
            self._completed_by[part, name].remove(value)

    def completed(self, items: Sequence[tuple[str, str]], name: str, size: int) -> dict[str, int]:
        """How many would be completed by each value of this parameter, beside so many of these others; by those alone
        that complete any.
        """
        by, times = self._completed_by, dict[str, int]()
        for part in combinations(items, size):
            for value in by.get((part, name), ()):
                times[value] = times.get(value, 0) + 1
        return times


def _parts(combination: Combination) -> Iterator[tuple[Combination, str, str]]:
    """What is left of a combination without each of its parameters, and that parameter with its value."""
    for place, (name, value) in enumerate(combination):
        yield (*combination[:place], *combination[place + 1 :]), name, value


def _filled(
    row: Row,
    parameters: Mapping[str, Sequence[str]],
    missing: _Missing,
    rng: random.Random,
    allowed: Callable[[Mapping[str, str]], bool],
    strength: int,
) -> Row | None:
    """The row with a value for each parameter; None where no allowed value was found for one."""
    if not allowed(row):
        return None
    rest = [name for name in parameters if name not in row]
    rng.shuffle(rest)
    for name in rest:
        new = missing.completed([(each, row[each]) for each in parameters if each in row], name, strength - 1)
        values = list(parameters[name])
        rng.shuffle(values)
        if new:
            values.sort(key=lambda value: -new.get(value, 0))
        value = next((each for each in values if allowed({**row, name: each})), None)
        if value is None:
            return None
        row = {**row, name: value}
    return row
