"""Fewer lists that tell as much: those without which nothing is lost are left out, and two become one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from conformance.coverage.array import Combination, Row
from conformance.coverage.asked import Asked, Queries
from conformance.coverage.ground import Ground
from conformance.coverage.rows import ABSENT, means_something
from conformance.coverage.telling import asked_as

# More than so many lists are made fewer. Fewer than these would cost nothing that is counted, but they would leave less
# to chance, which finds what takes more than is counted.
MOST = 365

_WIDTH = 16  # bits for the values of a parameter

_TRIES = 8  # of two lists in one: most fail, since the orders do not tell all of it in one list


def needed(asked: Sequence[Asked], plain: Sequence[Asked], queries: Queries) -> list[Asked]:
    """The lists without which something would not be told, beside the plain ones."""
    told = {each: _wanted_of(each, queries) for each in asked}
    times = Counter(combination for each in asked for combination in told[each])
    found: list[Asked] = []
    for each in sorted((each for each in asked if each not in plain), key=lambda each: len(told[each])):
        if all(times[combination] > 1 for combination in told[each]):
            times.subtract(told[each])
        else:
            found.append(each)
    return found


def widened(
    lists: Sequence[Asked], plain: Sequence[Asked], queries: Queries, grounds: Mapping[str, Ground]
) -> list[Asked]:
    """These lists, some of them with a bound that lets all through in place of none, where nothing is lost by that: so
    such a bound stands beside more pairs of others.
    """
    times = Counter(combination for each in (*plain, *lists) for combination in _wanted_of(each, queries))
    made: list[Asked] = []
    for each in lists:
        ground = grounds[each.whose]
        for name, value in (("end", "after all"), ("start", "zero")):
            row = {**dict(each.row), name: value}
            if dict(each.row)[name] != ABSENT or not means_something(row):
                continue
            one = each.query
            query = replace(one, end=ground.after_all) if name == "end" else replace(one, start=0)
            wide = asked_as(row, query, ground)
            lost = _wanted_of(each, queries) - _wanted_of(wide, queries)
            if wide.telling > each.telling and all(times[combination] > 1 for combination in lost):
                times.subtract(lost)
                each = wide
        made.append(each)
    return made


def _wanted_of(one: Asked, queries: Queries) -> set[Combination]:
    return set().union(*(queries.told([one], size) & of for size, of in queries.wanted.items() if of))


class _Fixed(NamedTuple):
    """Parameters with the values that they have to keep. The same as a number: there are many pairs to be compared.

    `values`: for each parameter some bits of its own, which are those of its value; `names`: all of these bits.
    """

    row: Row
    values: int
    names: int

    def goes_with(self, other: "_Fixed") -> bool:
        """Whether no parameter would have to keep two values."""
        return self.values & other.names == other.values & self.names


class _Numbered:
    """What is fixed, as numbers. The values of a parameter are numbered as they are met."""

    def __init__(self) -> None:
        self._values: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def fixed(self, row: Row) -> _Fixed:
        """These parameters with their values."""
        values = names = 0
        for name, value in row.items():
            numbers = self._values[name]
            lowest = _WIDTH * list(self._values).index(name)
            values |= numbers.setdefault(value, len(numbers) + 1) << lowest
            names |= ((1 << _WIDTH) - 1) << lowest
        return _Fixed(row, values, names)


def merged(
    lists: Sequence[Asked],
    plain: Sequence[Asked],
    queries: Queries,
    allowed: Callable[[Mapping[str, str]], bool],
    asked: Callable[[Row], Asked],
) -> list[Asked]:
    """These lists, two of them in one as long as there are more than MOST, where nothing is lost by that.

    What a list alone tells is often of few of its parameters: the others may be those of another list. `asked`: the
    list of a row.
    """
    told = {each: _wanted_of(each, queries) for each in (*plain, *lists)}
    times = Counter(combination for of in told.values() for combination in of)
    numbered = _Numbered()

    def fixed(one: Asked) -> _Fixed:
        """The parameters without which something would be lost."""
        names = {name for each in told[one] if times[each] == 1 for name, _ in each}
        return numbered.fixed({name: value for name, value in one.row if name in names})

    kept = {each: fixed(each) for each in lists}
    for one in sorted(lists, key=lambda each: len(kept[each].row)):
        if one not in kept:
            continue
        tries, mine = 0, kept[one]
        for other, theirs in list(kept.items()):
            if not mine.goes_with(theirs) or other == one:
                continue
            row = {**dict(other.row), **theirs.row, **mine.row}
            if not allowed(row):
                continue
            of_two = Counter((*told[one], *told[other]))
            lost = [combination for combination, by in of_two.items() if times[combination] == by]
            if not all(map(queries.shows(row), lost)):
                continue
            both = asked(row)
            new = _wanted_of(both, queries)
            if new.issuperset(lost):
                del kept[one], kept[other]
                concerned = new.union(of_two)
                once = {combination for combination in concerned if times[combination] == 1}
                times.subtract(of_two)
                told[both] = new
                times.update(new)
                changed = once ^ {combination for combination in concerned if times[combination] == 1}
                kept |= {each: fixed(each) for each in kept if not changed.isdisjoint(told[each])}
                kept[both] = fixed(both)
                break
            tries += 1
            if tries == _TRIES:
                break
        if len(kept) + len(plain) <= MOST:
            break
    return list(kept)
