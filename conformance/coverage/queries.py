"""Lists that tell: a covering array over the parameters of a list, with values taken from the account's own orders.

A parameter of a query tells where the right answer is another one without it, or with its boundary moved by one. A row
of the array whose parameters all tell shows every mistake that is made with them, under all of its other values.
"""

import random
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from conformance.coverage.array import Combination, Row, combinations_of, cover, within
from conformance.coverage.ground import Answer, Ground, differ, places
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Query

ABSENT = "absent"
NO_MARKET = "no market"
_STRENGTH = 3

# Where a bound of the window lies. At the very second of an order, or one second beside it, it tells.
_BOUNDS = ("at an order", "beside an order")

# Values of the window and of the symbol that let everything through, or nothing. They are covered in pairs.
_BEYOND = {
    "symbol": (NO_MARKET,),
    "start": ("zero", "before all", "after all"),
    "end": ("zero", "before all", "after all"),
}

# Limits, by what they do: cut the page, or leave room on it. Values are drawn from the ranges, both ends inclusive, and
# every second value is an end.
_SIZES = {
    "1": (1, 1),
    "2 to 49": (2, 49),
    "50": (50, 50),
    "51 to 99": (51, 99),
    "100 to 199": (100, 199),
    "200": (200, 200),
}
_ROOMS = tuple(_SIZES)[1:]
_ABOVE = (201, 250, 500, 501, 1000, 1001, 2**31 - 1)
_BELOW = (0, -1, -200, -(2**31) + 1)
_LIMITS = (
    *(f"{name}, room" for name in (ABSENT, *_ROOMS, "above")),
    *(f"{name}, cut" for name in (ABSENT, *_SIZES)),
    "below",
)

_ROUNDS = 3  # a combination that did not tell in one row may tell in another
_TRIES = 60  # choices of values for a row: most rows tell with one of the first


@dataclass(frozen=True, slots=True)
class Asked:
    """One list that is asked for: the row that it stands for, and which of its parameters tell."""

    query: Query
    whose: str
    credential: str
    row: tuple[tuple[str, str], ...]
    telling: frozenset[str]

    def __repr__(self) -> str:
        return f"{self.query} by {self.whose} with {self.credential}"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))  # type: ignore[attr-defined]

    @property
    def names_no_market(self) -> bool:
        """Whether the symbol is that of no market, which may be rejected."""
        return ("symbol", NO_MARKET) in self.row

    def combinations(self, strength: int) -> set[Combination]:
        """The combinations of so many of its parameters in which each one that is given tells."""
        row = {name: value for name, value in self.row if value == ABSENT or name in self.telling}
        return within(row, strength)


@dataclass(frozen=True, slots=True)
class Queries:
    """The lists of a run, those with few parameters first, and the combinations that they are to cover."""

    asked: tuple[Asked, ...]
    pairs: Set[Combination] = frozenset()
    triples: Set[Combination] = frozenset()


def plan(
    known: Mapping[str, Snapshot], credentials: Mapping[str, Sequence[str]], markets: Sequence[str], seed: int
) -> Queries:
    """Lists for each account in `known`, by name, with its credentials, that cover all triples that can tell.

    `markets` are those of the profile. What is chosen follows from the orders and the seed.
    """
    grounds = {whose: Ground(snapshot) for whose, snapshot in known.items() if snapshot.orders}
    if not grounds:
        return Queries(())
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    symbols = sorted({symbol for ground in grounds.values() for symbol in ground.symbols} | set(markets))
    telling: dict[str, Sequence[str]] = {
        "symbol": (ABSENT, *symbols),
        "status": (ABSENT, *STATUSES),
        "start": (ABSENT, *_BOUNDS),
        "end": (ABSENT, *_BOUNDS),
        "limit": _LIMITS,
        "credential": tuple(sorted({each for whose in grounds for each in credentials[whose]})),
        "account": tuple(grounds),
    }
    every = {name: (*values, *_BEYOND.get(name, ())) for name, values in telling.items()}

    def allowed(row: Mapping[str, str]) -> bool:
        whose = row.get("account")
        if whose is not None and row.get("credential", credentials[whose][0]) not in credentials[whose]:
            return False
        at = [grounds[whose]] if whose is not None else list(grounds.values())
        return _means_something(row) and any(_fits(row, ground) for ground in at)

    wanted = {strength: {each for each in combinations_of(values, strength) if allowed(dict(each))}
              for strength, values in ((_STRENGTH, telling), (2, every))}  # fmt: skip
    asked: list[Asked] = []
    for strength, values in ((_STRENGTH, telling), (2, every)):
        for _ in range(_ROUNDS):
            told = set[Combination]().union(*(each.combinations(strength) for each in asked))
            rows = cover(values, wanted[strength] - told, rng, allowed)
            made = (_telling(row, grounds[row["account"]], rng) for row in rows)
            asked += [each for each in made if not each.combinations(strength) <= told]
    return Queries(tuple(sorted(asked, key=lambda each: len(each.query.pairs()))), wanted[2], wanted[_STRENGTH])


def _means_something(row: Mapping[str, str]) -> bool:
    """Whether the parameters of a row, or of a part of one, can tell beside each other."""
    start, end, limit = row.get("start", ABSENT), row.get("end", ABSENT), row.get("limit", f"{ABSENT}, room")
    bounded = start in _BOUNDS or end in _BOUNDS
    if nothing := _emptied_by(row):
        # One thing alone makes the answer empty: else neither would tell.
        return len(nothing) == 1 and not bounded and not limit.endswith("cut") and limit != "below"
    if limit == "below" and (start in _BEYOND["start"] or end in _BEYOND["end"]):
        return False  # any page is right, an empty one too
    if limit == "1, cut" and end == "at an order":
        # It shows the order at the end, whatever is filtered.
        return row.get("symbol", ABSENT) == row.get("status", ABSENT) == ABSENT and start not in _BOUNDS
    # A page that is cut does not show where the window starts.
    return not (limit.endswith("cut") and start in _BOUNDS)


def _fits(row: Mapping[str, str], ground: Ground) -> bool:
    """Whether the account holds orders enough for the row, or the part of one."""
    symbol, status = row.get("symbol", ABSENT), row.get("status", ABSENT)
    if symbol == NO_MARKET:
        return True
    passing = ground.of(None if symbol == ABSENT else symbol, None if status == ABSENT else status).bit_count()
    name, _, kind = row.get("limit", "").partition(", ")
    windowed = (row.get("start") in _BOUNDS) + (row.get("end") in _BOUNDS)
    if kind == "cut":
        least = 50 if name == ABSENT else _SIZES[name][0]
        return passing > least + 1 + windowed
    return passing > windowed


def _telling(row: Row, ground: Ground, rng: random.Random) -> Asked:
    """The row with values by which its parameters tell: all of them, or as many as were found."""
    best: tuple[frozenset[str], Query] | None = None
    due = {name for name in ("symbol", "status", "start", "end", "limit") if row[name] != ABSENT}
    due -= {"limit"} if row["limit"].startswith(ABSENT) else set()
    for _ in range(_TRIES):
        query = _chosen(row, ground, rng)
        telling = _tells(row, query, ground)
        if best is None or len(telling) > len(best[0]):
            best = telling, query
        if telling >= due:
            break
    assert best is not None
    telling, query = best
    # A limit that is absent, and who asks with what, are told by any page that is right.
    told = telling | {"credential", "account"} | ({"limit"} if row["limit"].startswith(ABSENT) else set())
    return Asked(query, row["account"], row["credential"], tuple(row.items()), told)


def _chosen(row: Row, ground: Ground, rng: random.Random) -> Query:
    """A query of the row's classes; its bounds are seconds of orders that pass its other filters."""
    symbol = None if row["symbol"] == ABSENT else "NOMARKET" if row["symbol"] == NO_MARKET else row["symbol"]
    status = None if row["status"] == ABSENT else row["status"]
    passing = list(places(ground.of(None if row["symbol"] == NO_MARKET else symbol, status)))
    kind = row["limit"].rpartition(", ")[2]
    bounds = (row["start"] in _BOUNDS) + (row["end"] in _BOUNDS)
    limit = _limit(row["limit"], rng, len(passing) - 2 - bounds)
    size = min(limit if limit is not None and limit > 0 else 50 if limit is None else MAX_LIMIT, MAX_LIMIT)
    if passing:
        # Room: the window holds no more than the page, cut: more than it.
        reach = len(passing) - 1
        latest = max(0, reach - size - 1) if kind == "cut" else reach
        first = rng.randint(min(1, latest), latest) if row["end"] in _BOUNDS else 0
        if row["end"] in _BOUNDS and row["start"] in _BOUNDS:
            first = min(first, max(reach - 1, 0))
        last = min(first + rng.randint(0, size - 1), reach)
        start, end = (_second(row["start"], ground, passing[last]), _second(row["end"], ground, passing[first]))
        if row["start"] == "beside an order" and start is not None:
            start += 1
        if row["end"] == "beside an order" and end is not None:
            end -= 1
    else:
        start, end = (_second(row[each], ground, None) for each in ("start", "end"))
    if start is not None and end is not None and start > end and row["start"] in _BOUNDS and row["end"] in _BOUNDS:
        start, end = end, start
    return Query(symbol, status, start, end, limit)


def _second(where: str, ground: Ground, place: int | None) -> int | None:
    """The bound of a window that lies there; `place`: the order that it lies at, or beside."""
    newest, oldest = ground.orders[0].created_at, ground.orders[-1].created_at
    beyond = {ABSENT: None, "zero": 0, "before all": max(oldest - 1, 1), "after all": newest + 86_400}
    if where in beyond:
        return beyond[where]
    return newest if place is None else ground.orders[place].created_at


def _limit(limit: str, rng: random.Random, can_cut: int) -> int | None:
    """A limit of this sort; `can_cut`: the greatest that still cuts the page."""
    name, _, kind = limit.partition(", ")
    if name == ABSENT:
        return None
    if name == "below":
        return rng.choice(_BELOW)
    if name == "above":
        return rng.choice(_ABOVE)
    least, most = _SIZES[name]
    if kind == "cut":
        most = max(least, min(most, can_cut))
    else:
        least = max(least, min(4, most))  # room for a window that tells
    return rng.choice((least, most, rng.randint(least, most), rng.randint(least, most)))


def _tells(row: Row, query: Query, ground: Ground) -> frozenset[str]:
    """The parameters by which the query tells."""
    right = ground.answer(query)
    told = set()
    for name, _ in query.pairs():
        groups = _misread(name, row, query, shown=right.most > 0)
        if all(any(differ(right, each) for wrong in ways for each in _shown_by(ground, wrong)) for ways in groups):
            told.add(name)
    if told & _emptied_by(row):  # nothing may be shown, so that any mistake that shows something tells
        return frozenset(name for name, _ in query.pairs())
    return frozenset(told)


def _emptied_by(row: Mapping[str, str]) -> set[str]:
    """The parameters that make the right answer an empty list."""
    nothing = {
        "symbol": row.get("symbol") == NO_MARKET,
        "start": row.get("start") == "after all",
        "end": row.get("end") in ("zero", "before all"),
    }
    return {name for name, holds in nothing.items() if holds}


def _shown_by(ground: Ground, query: Query) -> Iterable[Answer]:
    """What servers may show that read the query so: below the range of limits one order, or the longest page."""
    if query.limit is None or query.limit > 0:
        return [ground.answer(query)]
    return [ground.answer(replace(query, limit=limit)) for limit in (1, MAX_LIMIT)]


def _misread(name: str, row: Row, query: Query, *, shown: bool) -> Iterable[Sequence[Query]]:
    """Wrong readings of the parameter: of each group one has to change the answer for the parameter to tell.

    `shown`: the right answer is not empty.
    """
    without = replace(query, **{name: None})
    if name in ("start", "end"):
        where = row[name]
        if where in _BOUNDS:
            # At an order, it would be lost by one second; beside it, it would be won.
            inward = 1 if name == "start" else -1
            moved = getattr(query, name) + (inward if where == "at an order" else -inward)
            if row["limit"] != "below":  # any page is right there, one that lacks an order too
                yield [replace(query, **{name: moved})]
        if where in _BOUNDS or not shown:
            yield [without]
        else:
            # It lets all orders through: what takes it for its opposite shows none.
            yield [replace(query, start=_NEVER) if name == "start" else replace(query, end=0)]
    elif name != "limit":
        yield [without]
    elif query.limit is not None and row["limit"].endswith("cut"):
        yield [without, replace(query, limit=MAX_LIMIT)]
        yield [replace(query, limit=query.limit + 1), replace(query, limit=query.limit - 1 or MAX_LIMIT)]
    elif row["limit"] != "below" and shown:
        yield [replace(query, end=-1)]  # with room on the page a limit hides nothing


_NEVER = 2**40
