"""Lists that tell: a covering array over the parameters of a list, with values taken from the account's own orders.

A parameter of a query tells where the right answer is another one without it, or with its boundary moved by one. A row
of the array whose parameters all tell shows every mistake that is made with them, under all of its other values.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from conformance.coverage.array import Combination, Shown, combinations_of, cover
from conformance.coverage.asked import FOURS, TRIPLES, Asked, Queries
from conformance.coverage.fewer import MOST, merged, needed, widened
from conformance.coverage.ground import Ground
from conformance.coverage.neighbours import neighbours
from conformance.coverage.rows import (
    ABOVE,
    ABSENT,
    BELOW,
    BEYOND,
    BOUNDS,
    EARLY,
    LIMITS,
    WITHIN,
    emptied_by,
    fills_a_plain_page,
    fits,
    is_cut,
    limit_class,
    means_something,
)
from conformance.coverage.telling import asked_as, list_of
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, STATUSES, Query

_ROUNDS = 8  # a combination that did not tell in one row may tell in another


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
    grounds = _grounds(known)
    if not grounds:
        return Queries(())
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    symbols = sorted({*_listed(grounds, markets), *markets})
    plain = asked = _first(grounds, credentials, markets, alike, rng)
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

    every_ground, of_one = [*grounds.values()], {whose: [ground] for whose, ground in grounds.items()}

    def at(row: Mapping[str, str]) -> list[Ground]:
        return of_one[row["account"]] if "account" in row else every_ground

    silent: set[frozenset[tuple[str, str]]] = set()  # rows of which the orders tell not all, whatever the values

    def allowed(row: Mapping[str, str]) -> bool:
        if len(row) == len(every) and of_any_credential(row) in silent:
            return False
        return possible(tuple(map(row.get, every)))

    def of_any_credential(row: Mapping[str, str]) -> frozenset[tuple[str, str]]:
        return frozenset(row.items() - {("credential", row["credential"])})

    @cache
    def possible(values: tuple[str | None, ...]) -> bool:
        row = {name: value for name, value in zip(every, values, strict=True) if value is not None}
        whose = row.get("account")
        if whose is not None and row.get("credential", credentials[whose][0]) not in credentials[whose]:
            return False
        return means_something(row) and any(fits(row, ground) for ground in at(row))

    @cache
    def can(combination: Combination) -> tuple[bool, bool]:
        """Whether a limit in it can cut a page, and whether it can show more than a plain page."""
        given = dict(combination)
        if "limit" not in given:
            return False, False
        # What fills more than a plain page is cut wherever a start does not forbid it.
        above = given["limit"] == "above"
        each = [(not above and is_cut(given, ground), fills_a_plain_page(given, ground)) for ground in at(given)]
        return any(cuts for cuts, _ in each), any(fills for _, fills in each)

    def shows(row: Mapping[str, str]) -> Shown:
        empty, here = emptied_by(row), at(row)
        cut = any(is_cut(row, ground) for ground in here)
        fills_more = cut or any(fills_a_plain_page(row, ground) for ground in here)

        def shown(combination: Combination) -> bool:
            if empty and not empty <= dict(combination).keys():
                return False  # whatever is forgotten of it, the answer is empty
            # Where a limit can cut the page, a row in which it does so has to show it; and where it can show more than
            # a plain page, one in which it does.
            cuts, fills = can(combination)
            return cut if cuts else fills_more or not fills

        return shown

    arrays = [(size, telling) for size in range(strength, 2, -1)] + [(2, every)]
    wanted = {size: {each for each in combinations_of(values, size) if allowed(dict(each))} for size, values in arrays}
    queries = Queries((), wanted[2], wanted[TRIPLES], shows, wanted.get(FOURS, set()))
    for size, values in arrays:
        for number in range(_ROUNDS):
            told = queries.told(asked, size)
            left = wanted[size] - told
            if not number:  # bounds that lie at an order mostly tell both ways
                left = {each for each in left if BOUNDS[1] not in dict(each).values()}
            rows = cover(values, left, rng, allowed, shows)
            made = [list_of(row, grounds[row["account"]], rng) for row in rows]
            asked = [*asked, *(each for each in made if not queries.told([each], size) <= told)]
            silent |= {
                of_any_credential(dict(each.row)) for each in made if dict(each.query.pairs()).keys() - each.telling
            }
    few = needed(asked, plain, queries)
    if strength == TRIPLES and len(plain) + len(few) > MOST:  # who explores has time for more
        few = merged(few, plain, queries, allowed, lambda row: list_of(row, grounds[row["account"]], rng, tries=5))
    lists = [*plain, *(_turned(each, rng) for each in widened(few, plain, queries, grounds))]
    return replace(queries, asked=tuple(sorted(lists, key=_length)))


def first(
    known: Mapping[str, Snapshot],
    credentials: Mapping[str, Sequence[str]],
    markets: Sequence[str],
    seed: int,
    alike: Sequence[Query] = (),
) -> list[Asked]:
    """Those lists of `plan` that need no covering array, soon chosen: mostly of one parameter. Arguments as there."""
    grounds = _grounds(known)
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    return sorted(_first(grounds, credentials, markets, alike, rng), key=_length) if grounds else []


def _grounds(known: Mapping[str, Snapshot]) -> dict[str, Ground]:
    return {whose: Ground(snapshot) for whose, snapshot in known.items() if snapshot.orders}


def _listed(grounds: Mapping[str, Ground], markets: Sequence[str]) -> list[str]:
    return still_listed((symbol for ground in grounds.values() for symbol in ground.symbols), markets)


def _first(
    grounds: Mapping[str, Ground],
    credentials: Mapping[str, Sequence[str]],
    markets: Sequence[str],
    alike: Sequence[Query],
    rng: random.Random,
) -> list[Asked]:
    listed = _listed(grounds, markets)
    return [
        *_plain(grounds, credentials, alike, listed),
        *_one_by_one(grounds, credentials, rng, listed),
        *_neighbours(grounds, credentials, rng, listed),
    ]


def _length(one: Asked) -> int:
    return len(one.query.pairs())


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
    return [list_of(absent | {name: value}, grounds[whose], rng) for name, value in alone.items()]


def _neighbours(
    grounds: Mapping[str, Ground],
    credentials: Mapping[str, Sequence[str]],
    rng: random.Random,
    symbols: Sequence[str],
) -> list[Asked]:
    whose = next(iter(grounds))
    credential = rng.choice(credentials[whose])
    queries = neighbours(grounds[whose], symbols, rng)
    return [_plain_one(query, whose, credential, grounds[whose]) for query in queries]


def _turned(one: Asked, rng: random.Random) -> Asked:
    """The list, as often as not with its parameters in reverse order: that asks for the same."""
    return replace(one, query=replace(one.query, turned=rng.random() < 0.5))


def _plain_one(query: Query, whose: str, credential: str, ground: Ground) -> Asked:
    row = {
        "symbol": query.symbol or ABSENT,
        "status": query.status or ABSENT,
        "start": ABSENT if query.start is None else BOUNDS[0],
        "end": ABSENT if query.end is None else BOUNDS[0],
        "limit": limit_class(query.limit),
        "credential": credential,
        "account": whose,
    }
    return asked_as(row, query, ground)
