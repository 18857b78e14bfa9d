"""Lists that tell: a covering array over the parameters of a list, with values taken from the account's own orders.

A parameter of a query tells where the right answer is another one without it, or with its boundary moved by one. A row
of the array whose parameters all tell shows every mistake that is made with them, under all of its other values.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache

from conformance.coverage.array import Combination, Row, Shows, always, combinations_of, cover, within
from conformance.coverage.ground import Ground
from conformance.coverage.rows import (
    ABOVE,
    ABSENT,
    BELOW,
    BEYOND,
    BOUNDS,
    EARLY,
    LIMITS,
    NO_MARKET,
    WITHIN,
    fills_a_plain_page,
    fits,
    is_cut,
    limit_class,
    means_something,
)
from conformance.coverage.telling import telling_query, tells
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, STATUSES, Query

TRIPLES, FOURS = 3, 4  # how strong an array is: of how many parameters it covers all values together
_WHO = {"credential", "account"}  # any page that is right tells who asked, and with what
_ROUNDS = 6  # a combination that did not tell in one row may tell in another


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
    def may_be_rejected(self) -> bool:
        """Whether a 4xx is a good answer too: the symbol is that of no market, or the window ends before it starts."""
        start, end = self.query.start, self.query.end
        return ("symbol", NO_MARKET) in self.row or (start is not None and end is not None and start > end)

    def combinations(self, strength: int) -> set[Combination]:
        """The combinations of so many of its parameters in which each one that is given tells."""
        row = {name: value for name, value in self.row if value == ABSENT or name in self.telling}
        return within(row, strength)


@dataclass(frozen=True, slots=True)
class Queries:
    """The lists of a run, those with few parameters first, and the combinations that they are to cover.

    `shows`: whether a combination shows in a row in which it stands. `fours`: none where the array is not as strong.
    """

    asked: tuple[Asked, ...]
    pairs: Set[Combination] = frozenset()
    triples: Set[Combination] = frozenset()
    shows: Shows = always
    fours: Set[Combination] = frozenset()
    _told: dict[tuple[Asked, int], set[Combination]] = field(default_factory=dict, compare=False, repr=False)

    def told(self, asked: Iterable[Asked], strength: int) -> set[Combination]:
        """The combinations of so many parameters that these lists show."""
        return set().union(*(self._told_by(one, strength) for one in asked))

    @property
    def wanted(self) -> Mapping[int, Set[Combination]]:
        """The combinations to be covered, by the number of their parameters."""
        return {2: self.pairs, TRIPLES: self.triples, FOURS: self.fours}

    def _told_by(self, one: Asked, strength: int) -> set[Combination]:
        if (one, strength) not in self._told:  # it is asked again and again while the lists are chosen
            row = dict(one.row)
            self._told[one, strength] = {each for each in one.combinations(strength) if self.shows(row, each)}
        return self._told[one, strength]


def plan(
    known: Mapping[str, Snapshot],
    credentials: Mapping[str, Sequence[str]],
    markets: Sequence[str],
    seed: int,
    alike: Sequence[Query] = (),
    strength: int = TRIPLES,
) -> Queries:
    """Lists for each account in `known`, by name, with its credentials, that cover all triples that can tell; all
    fours as well where the `strength` is 4.

    `markets` are those of the profile; `alike`: lists that each account asks for with each credential anyway. What is
    chosen follows from the orders and the seed.
    """
    grounds = {whose: Ground(snapshot) for whose, snapshot in known.items() if snapshot.orders}
    if not grounds:
        return Queries(())
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    listed = still_listed((symbol for ground in grounds.values() for symbol in ground.symbols), markets)
    symbols = sorted({*listed, *markets})
    telling: dict[str, Sequence[str]] = {
        "symbol": (ABSENT, *symbols),
        "status": (ABSENT, *STATUSES),
        "start": (ABSENT, *BOUNDS, EARLY),
        "end": (ABSENT, *BOUNDS),
        "limit": LIMITS,
        "credential": tuple(sorted({each for whose in grounds for each in credentials[whose]})),
        # The first twice: where either would do, it is chosen more often, since a burst takes its lists.
        "account": (next(iter(grounds)), *grounds),
    }
    every = {name: (*values, *BEYOND.get(name, ())) for name, values in telling.items()}

    def at(row: Mapping[str, str]) -> list[Ground]:
        return [ground for whose, ground in grounds.items() if row.get("account", whose) == whose]

    def allowed(row: Mapping[str, str]) -> bool:
        whose = row.get("account")
        if whose is not None and row.get("credential", credentials[whose][0]) not in credentials[whose]:
            return False
        return means_something(row) and any(fits(row, ground) for ground in at(row))

    @cache
    def can(combination: Combination) -> tuple[bool, bool]:
        """Whether the limit in it can cut a page, and whether it can show more than a plain page."""
        given = dict(combination)
        # What fills more than a plain page is cut wherever a start does not forbid it.
        above = given.get("limit") == "above"
        each = [(not above and is_cut(given, ground), fills_a_plain_page(given, ground)) for ground in at(given)]
        return any(cuts for cuts, _ in each), any(fills for _, fills in each)

    def shows(row: Mapping[str, str], combination: Combination) -> bool:
        given = dict(combination)
        if "limit" not in given:
            return True
        # Where a limit can cut the page, a row in which it does so has to show it; and where it can show more than a
        # plain page, one in which it does.
        cuts, fills = can(combination)
        early = given.get("start") == EARLY and "credential" in given
        if cuts and (early or ("start" not in given and row["start"] in BOUNDS)):
            return any(is_cut(row, ground) for ground in at(row))
        return not fills or any(fills_a_plain_page(row, ground) or is_cut(row, ground) for ground in at(row))

    arrays = [(size, telling) for size in range(strength, 2, -1)] + [(2, every)]
    wanted = {size: {each for each in combinations_of(values, size) if allowed(dict(each))} for size, values in arrays}
    queries = Queries((), wanted[2], wanted[TRIPLES], shows, wanted.get(FOURS, set()))
    plain = asked = [*_plain(grounds, credentials, alike, listed), *_one_by_one(grounds, credentials, rng, listed)]
    for size, values in arrays:
        for _ in range(_ROUNDS):
            told = queries.told(asked, size)
            rows = cover(values, wanted[size] - told, rng, allowed, shows)
            made = [_asked(row, grounds[row["account"]], rng) for row in rows]
            asked = [*asked, *(each for each in made if not queries.told([each], size) <= told)]
    needed = [*plain, *_widened(_needed(asked, plain, queries), plain, queries, grounds)]
    return replace(queries, asked=tuple(sorted(needed, key=lambda each: len(each.query.pairs()))))


def still_listed(symbols: Iterable[str], markets: Sequence[str]) -> list[str]:
    """Those of these symbols that are markets of the profile; all of them where none is.

    Another one that orders stand in may have been a market once, and who asks for it may be refused.
    """
    found = set(symbols)
    return sorted(found.intersection(markets) or found)


def alike(known: Sequence[Snapshot], markets: Sequence[str], seed: int) -> tuple[Query, ...]:
    """Lists of three kinds for all of these accounts: a plain one, the open orders, and those of one market that are
    over, of a status in which each account has some there, if there is one.
    """
    over = [status for status in STATUSES if status not in LIVE]
    shown = [{(order.symbol, order.status) for order in each.orders.values() if not order.live} for each in known]
    every = set[tuple[str, str]].intersection(*shown)
    listed = still_listed((symbol for symbol, _ in every), markets)
    common = sorted(each for each in every if each[0] in listed)
    symbol, status = random.Random(seed).choice(common) if common else (None, over[0])  # noqa: S311 - variety
    return Query(), Query(status="open", limit=MAX_LIMIT), Query(symbol, status, limit=DEFAULT_LIMIT)


def _plain(
    grounds: Mapping[str, Ground],
    credentials: Mapping[str, Sequence[str]],
    alike: Sequence[Query],
    symbols: Sequence[str],
) -> list[Asked]:
    """Lists with one parameter, besides the longest page: any run asks for them, with the credential of choice.

    Those that are asked for `alike` come with each credential of each account.
    """
    whose = next(iter(grounds))
    queries = [Query(), *(Query(status=status, limit=MAX_LIMIT) for status in STATUSES)]
    queries += [Query(symbol, limit=MAX_LIMIT) for symbol in grounds[whose].symbols if symbol in symbols]
    queries += [Query(limit=limit) for limit in (*WITHIN, *ABOVE, *BELOW)]
    lists = [(query, whose, credentials[whose][0]) for query in queries]
    lists += [(query, whose, credential) for query in alike for whose in grounds for credential in credentials[whose]]
    return [_plain_one(*each, grounds[each[1]]) for each in dict.fromkeys(lists)]


def _one_by_one(
    grounds: Mapping[str, Ground],
    credentials: Mapping[str, Sequence[str]],
    rng: random.Random,
    symbols: Sequence[str],
) -> list[Asked]:
    """Lists with each parameter alone, with the credential that is not of choice: what is signed is another text each
    time.
    """
    whose = next(iter(grounds))
    symbol = next((order.symbol for order in grounds[whose].orders if order.symbol in symbols), symbols[0])
    alone = {"symbol": symbol, "status": STATUSES[2], "start": BOUNDS[0], "end": BOUNDS[0], "limit": "2 to 49"}
    absent = dict.fromkeys(alone, ABSENT) | {"credential": credentials[whose][-1], "account": whose}
    return [_asked(absent | {name: value}, grounds[whose], rng) for name, value in alone.items()]


def _plain_one(query: Query, whose: str, credential: str, ground: Ground) -> Asked:
    row = {
        "symbol": query.symbol or ABSENT,
        "status": query.status or ABSENT,
        "start": ABSENT,
        "end": ABSENT,
        "limit": limit_class(query.limit),
        "credential": credential,
        "account": whose,
    }
    return Asked(query, whose, credential, tuple(row.items()), tells(row, query, ground) | _WHO)


def _needed(asked: Sequence[Asked], plain: Sequence[Asked], queries: Queries) -> list[Asked]:
    """The lists without which something would not be told, beside the plain ones."""
    told = {each: _wanted_of(each, queries) for each in asked}
    times = Counter(combination for each in asked for combination in told[each])
    needed: list[Asked] = []
    for each in sorted((each for each in asked if each not in plain), key=lambda each: len(told[each])):
        if all(times[combination] > 1 for combination in told[each]):
            times.subtract(told[each])
        else:
            needed.append(each)
    return needed


def _widened(
    needed: Sequence[Asked], plain: Sequence[Asked], queries: Queries, grounds: Mapping[str, Ground]
) -> list[Asked]:
    """These lists, some of them with a bound that lets all through in place of none, where nothing is lost by that: so
    such a bound stands beside more pairs of others.
    """
    times = Counter(combination for each in (*plain, *needed) for combination in _wanted_of(each, queries))
    made: list[Asked] = []
    for each in needed:
        ground = grounds[each.whose]
        for name, value in (("end", "after all"), ("start", "zero")):
            row = {**dict(each.row), name: value}
            if dict(each.row)[name] != ABSENT or not means_something(row):
                continue
            one = each.query
            query = replace(one, end=ground.after_all) if name == "end" else replace(one, start=0)
            wide = Asked(query, each.whose, each.credential, tuple(row.items()), tells(row, query, ground) | _WHO)
            lost = _wanted_of(each, queries) - _wanted_of(wide, queries)
            if wide.telling > each.telling and all(times[combination] > 1 for combination in lost):
                times.subtract(lost)
                each = wide
        made.append(each)
    return made


def _wanted_of(one: Asked, queries: Queries) -> set[Combination]:
    return set().union(*(queries.told([one], size) & of for size, of in queries.wanted.items() if of))


def _asked(row: Row, ground: Ground, rng: random.Random) -> Asked:
    query, telling = telling_query(row, ground, rng)
    return Asked(query, row["account"], row["credential"], tuple(row.items()), telling | _WHO)
