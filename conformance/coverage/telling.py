"""Values for a row of parameters by which each of them tells, taken from the account's own orders."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.coverage.array import Row
from conformance.coverage.asked import WHO, Asked
from conformance.coverage.ground import UNBOUNDED, Answer, Ground, differ
from conformance.coverage.moments import is_telling
from conformance.coverage.rows import (
    ABOVE,
    ABSENT,
    ALTERED,
    BELOW,
    BOUNDS,
    EARLY,
    NEVER,
    NO_MARKET,
    SIZES,
    emptied_by,
    fills_a_plain_page,
    is_cut,
)
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.orders import Query

_TRIES = 100  # choices of values for a row: most rows tell with one of the first
_MORE = 4  # choices for a bound that tells both ways, once all parameters tell

_AT_A_MOMENT, _BESIDE = 0.3, 0.95  # of the bounds, up to
_OF_THE_PAGE = 0.5  # of the early starts; the others lie before all orders
_OF_ONE_SECOND = 0.2  # of the windows from one order to another
_LIKELY = (4, 4, 1, 0)  # how often names are altered in each way; one with a hyphen is asked for alone
_IN_2100 = 4_102_444_800  # more seconds than 31 bits hold
_NEAR = 12  # a limit is often hardly greater than the least of its class


def list_of(row: Row, ground: Ground, rng: random.Random, tries: int = _TRIES) -> Asked:
    """A list of the row in which all that is given tells, or as much as was found in so many `tries`; and bounds that
    tell both ways or lie at a moment that tells, where such are soon found.
    """
    best: Asked | None = None
    due = {name for name in ("symbol", "status", "start", "end", "limit") if row[name] != ABSENT}
    bounds = {name for name in ("start", "end") if row[name] in BOUNDS}
    tried: set[Query] = set()  # where few orders pass, there is little to choose from
    for number in range(tries):
        query = _chosen(row, ground, rng)
        if query not in tried:
            tried.add(query)
            made = _told(row, query, ground)
            if made.telling >= due:  # else there are better ones, or it does not matter
                made = _with_bounds(made, row, ground)
            if best is None or _worth(made) > _worth(best):
                best = made
        assert best is not None
        if best.telling >= due and (_tells_more(best) >= bounds or number >= _MORE):
            break
    assert best is not None
    return best


def _worth(one: Asked) -> tuple[int, int]:
    return len(one.telling), len(_tells_more(one))


def _tells_more(one: Asked) -> frozenset[str]:
    """Its bounds that tell more than the least."""
    bounds = {name: value for name, value in one.query.pairs() if name in ("start", "end")}
    return one.both_ways.union(name for name, second in bounds.items() if is_telling(int(second)))


def asked_as(row: Row, query: Query, ground: Ground) -> Asked:
    """This query as the list of the row, with what tells in it."""
    return _with_bounds(_told(row, query, ground), row, ground)


def _told(row: Row, query: Query, ground: Ground) -> Asked:
    telling = tells(row, query, ground) | WHO
    return Asked(query, row["account"], row["credential"], tuple(row.items()), telling)


def _with_bounds(one: Asked, row: Row, ground: Ground) -> Asked:
    bounds = {name for name in one.telling & {"start", "end"} if row[name] in BOUNDS}
    both_ways = frozenset(name for name in bounds if _both(name, row, one.query, ground))
    return replace(one, both_ways=both_ways)


def _both(name: str, row: Row, query: Query, ground: Ground) -> bool:
    """Whether the bound would tell in the other of its classes as well."""
    other = {**row, name: next(each for each in BOUNDS if each != row[name])}
    return name in tells(other, query, ground)


def _chosen(row: Row, ground: Ground, rng: random.Random) -> Query:
    """A query of the row's classes; its bounds are seconds of orders that pass its other filters."""
    symbol = None if row["symbol"] == ABSENT else row["symbol"]
    status = None if row["status"] == ABSENT else row["status"]
    if symbol == NO_MARKET:
        symbol, alike = _no_market(ground, rng)
        passing = ground.places(alike, status) or ground.places(None, status)
    else:
        passing = ground.places(symbol, status)
    cut = is_cut(row, ground)
    bounds = (row["start"] in BOUNDS) + (row["end"] in BOUNDS)
    limit = _limit(row["limit"], rng, len(passing) - 2 - bounds if cut else None)
    size = min(limit if limit is not None and limit > 0 else 50 if limit is None else MAX_LIMIT, MAX_LIMIT)
    if passing:
        # Room: the window holds no more than the page, cut: more than it.
        reach = len(passing) - 1
        least = DEFAULT_LIMIT if fills_a_plain_page(row, ground) and not cut else 0
        latest = max(0, reach - size - 1) if cut else reach - least
        first = _number(passing, min(1, latest), latest, ground, rng, 1) if row["end"] in BOUNDS else 0
        if row["end"] in BOUNDS and row["start"] in BOUNDS:
            first = min(first, max(reach - 1, 0))
        last = _number(passing, min(first + least, reach), min(first + size - 1, reach), ground, rng, -1)
        if not least and row["start"] == row["end"] == BOUNDS[0] and rng.random() < _OF_ONE_SECOND:
            last = first
        start = _second(row["start"], ground, rng, passing[last])
        end = _second(row["end"], ground, rng, passing[first])
        if row["start"] == EARLY and rng.random() < _OF_THE_PAGE:
            start = ground.orders[passing[rng.randint(min(size, reach), reach)]].created_at - rng.randint(0, 1)
        if row["start"] == "beside an order" and start is not None:
            start += 1
        if row["end"] == "beside an order" and end is not None:
            end -= 1
    else:
        start, end = (_second(row[each], ground, rng) for each in ("start", "end"))
    if start is not None and end is not None and start > end and row["start"] in BOUNDS and row["end"] in BOUNDS:
        start, end = end, start
    return Query(symbol, status, start, end, limit)


def _no_market(ground: Ground, rng: random.Random) -> tuple[str, str | None]:
    """A name that is no market's, with the market that it may be taken for: mostly that whose name is altered so."""
    how = rng.choices([*ALTERED.values()], _LIKELY)[0]
    names = [(name, each) for each in ground.symbols if (name := how(each)) and name not in ground.symbols]
    return rng.choice(names) if names else ("NOMARKET", None)


def _number(places: Sequence[int], first: int, last: int, ground: Ground, rng: random.Random, step: int) -> int:
    """Which of these orders a bound lies at: often one that was created at a moment that tells, if there is one, and
    mostly one that has another one beside it, `step` seconds from it.
    """
    luck = rng.random()
    if luck < _AT_A_MOMENT:
        often = ground.telling(places, first, last)
    else:
        often = ground.beside(places, first, last, step) if luck < _BESIDE else []
    return rng.choice(often) if often else rng.randint(first, last)


def _second(where: str, ground: Ground, rng: random.Random, place: int | None = None) -> int | None:
    """The bound of a window that lies there; `place`: the order that it lies at, or beside."""
    newest, oldest = ground.orders[0].created_at, ground.orders[-1].created_at
    before_all = max(oldest - 1, 1)
    after_all = rng.choice((ground.after_all, _IN_2100))
    beyond = {ABSENT: None, "zero": 0, "before all": before_all, EARLY: before_all, "after all": after_all}
    if where in beyond:
        return beyond[where]
    return newest if place is None else ground.orders[place].created_at


def _limit(name: str, rng: random.Random, can_cut: int | None) -> int | None:
    """A limit of this sort; `can_cut`: the greatest that still cuts the page, if it is to be cut."""
    if name == ABSENT:
        return None
    if name == "below":
        return rng.choice((*BELOW, -1, -200))
    if name == "above":
        return rng.choice((*ABOVE, 501, 1001))
    least, most = SIZES[name]
    if can_cut is None:
        least = max(least, min(2, most))  # room for a window that tells
    else:
        most = max(least, min(most, can_cut))
    return rng.choice((least, most, rng.randint(least, min(most, least + _NEAR)), rng.randint(least, most)))


def tells(row: Row, query: Query, ground: Ground) -> frozenset[str]:
    """The parameters by which the query tells."""
    right = ground.answer(query)
    told = set()
    cut, more = is_cut(row, ground), fills_a_plain_page(row, ground)
    for name, _ in query.pairs():
        groups = _misread(name, row, query, shown=right.most > 0, cut=cut, more=more)
        if all(any(differ(right, each) for wrong in ways for each in _shown_by(ground, wrong)) for ways in groups):
            told.add(name)
    if told & emptied_by(row):  # nothing may be shown, so that any mistake that shows something tells
        return frozenset(name for name, _ in query.pairs())
    return frozenset(told)


def _shown_by(ground: Ground, query: Query) -> Iterable[Answer]:
    """What servers may show that read the query so: below the range of limits one order, or the longest page."""
    if query.limit is None or query.limit > 0:
        return [ground.answer(query)]
    return [ground.answer(replace(query, limit=limit)) for limit in (1, MAX_LIMIT)]


def _misread(name: str, row: Row, query: Query, *, shown: bool, cut: bool, more: bool) -> Iterable[Sequence[Query]]:
    """Wrong readings of the parameter: of each group one has to change the answer for the parameter to tell.

    `shown`: the right answer is not empty; `cut`: it has not room for all; `more`: it can show more than a page
    without a limit.
    """
    without = query.without(name)
    if name in ("start", "end"):
        where = row[name]
        if where in BOUNDS:
            # At an order, it would be lost by one second; beside it, it would be won.
            inward = 1 if name == "start" else -1
            moved = getattr(query, name) + (inward if where == "at an order" else -inward)
            if row["limit"] != "below":  # any page is right there, one that lacks an order too
                yield [replace(query, **{name: moved})]
        if name == "start" and row["limit"] == "1" and where in BOUNDS:
            return  # the same order is the newest without it
        if where in BOUNDS or not shown:
            yield [without]
        else:
            # It lets all orders through: what takes it for its opposite shows none.
            yield [replace(query, start=NEVER) if name == "start" else replace(query, end=0)]
    elif name != "limit":
        yield [without]
    elif query.limit is not None and cut:
        if row["limit"] == "above":
            yield [without]
            yield [replace(query, limit=UNBOUNDED)]
        else:
            yield [without, replace(query, limit=MAX_LIMIT)]
            yield [replace(query, limit=query.limit + 1), replace(query, limit=query.limit - 1 or MAX_LIMIT)]
    elif row["limit"] != "below" and shown:
        if more:
            yield [without]
        yield [replace(query, end=-1)]  # with room on the page a limit hides nothing
