"""Sets of live orders for cancel-alls: how many of which sort, who cancels them, with which credential, and where."""

import random
from collections.abc import Mapping, Sequence, Set
from itertools import cycle, islice, product

from conformance.coverage.array import Row, combinations_of, completed, within
from conformance.coverage.population import YOUNG
from conformance.oracle.listing import MAX_LIMIT

EVERYWHERE, ANY = "everywhere", "any"

# How many are in scope: about as many as pages may hold; and a few, which can be of any sort. With each, how many there
# are in two other markets, where one is in scope. Lists show all of them on as few pages as those in scope take; of
# young ones they do so where few are elsewhere, since what was placed lately stands above them.
COUNTS = (
    *((2, 101, 49), (7, 100, 51), (49, 99, 50), (50, 51, 49), (51, 50, 49), (99, 49, 50), (100, 51, 7), (101, 50, 12)),
    *((199, 100, 49), (200, 99, 50), (201, 101, 49), (201, 51, 7), (201, 7, 50), (301, 1, 50), (501, 2, 1)),
)
_FEW, _FEWER = 4, 2  # the latter beside more orders than a page of the default length

# Numbers in one of these sizes are alike; each by its greatest.
_SIZES = {"few": 12, "about 50": 51, "about 100": 101, "about 200": MAX_LIMIT}
_MANY = "more"

# How old hundreds of orders can be. Who draws a line, draws it below the older ones.
_OLD, _AGES, _OFTEN = "old", ("hours", "days", "weeks", "months"), (1, 2, 2, 3)

# Account, credential, whether it is one market, and whether they are old, of the sets that are more than the longest
# page: all pairs of these. A smaller set shows nothing of what goes wrong beyond a number that they all exceed.
_PAIRS = ((0, 0, 0, 0), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0))


def live_sets(
    symbols: Sequence[str], credentials: Mapping[str, Sequence[str]], ways: Set[str], seed: int
) -> list[list[Row]]:
    """A set for each of COUNTS: many triples of properties are met in one or another.

    A set has orders of the sort of each of its rows, and a cancel-all for each, one after the other. Where the first is
    of one market, the next is of another one, and the last of all: what is left then stands in the others.

    `credentials`: those of each account that may cancel, by its name. `ways`: to bring them about.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    accounts = list(credentials)
    parameters: dict[str, Sequence[str]] = {
        "size": [*_SIZES, _MANY],
        "scope": (EVERYWHERE, *symbols),
        "account": accounts,
        "credential": list(dict.fromkeys(each for some in credentials.values() for each in some)),
        "side": (ANY, "buy", "sell"),
        "status": (ANY, "open", "partially_filled"),
        "age": (YOUNG, _OLD) if "injecting" in ways else (YOUNG,),
    }

    def allowed(row: Mapping[str, str]) -> bool:
        own = credentials[row.get("account", accounts[0])]
        return row.get("credential", own[0]) in own

    one_after_the_other = cycle(rng.sample(symbols, len(symbols)))
    begun: list[Row] = [
        {"size": size} if (size := size_of(count)) == _MANY else {"size": size, "scope": next(one_after_the_other)}
        for count, *_ in COUNTS
    ]
    flips = [rng.randrange(2) for _ in _PAIRS[0]]
    for row, bits in zip((row for row in begun if row["size"] == _MANY), _PAIRS, strict=True):
        who, which, one_market, old = (bit ^ flip for bit, flip in zip(bits, flips, strict=True))
        account = accounts[who % len(accounts)]
        own = credentials[account]
        row |= {"account": account, "credential": own[which % len(own)]}
        row["scope"] = next(one_after_the_other) if one_market else EVERYWHERE
        row["age"] = parameters["age"][old % len(parameters["age"])]
    # How old the others are is left to chance: there are not sets enough for all triples.
    triples = combinations_of({name: parameters[name] for name in parameters if name != "age"}, 3)
    firsts = completed(begun, parameters, triples, rng, allowed)
    met = set().union(*(within({name: row[name] for name in row if name != "age"}, 3) for row in firsts))
    # All orders of a set are of one account, and of one age: one look shows them.
    begun = [
        {"size": size_of(count), "scope": scope, "account": first["account"], "age": first["age"]}
        for number, first in enumerate(firsts)
        for count, scope in zip(counts_of(number, first["age"])[1:], _after(first, symbols, rng), strict=False)
    ]
    more = iter(completed(begun, parameters, triples - met, rng, allowed))
    sets = []
    for first in firsts:
        age = rng.choices(_AGES, _OFTEN)[0] if first["age"] == _OLD else first["age"]
        rows = [first, *islice(more, min(len(_others(first, symbols)), 2))]
        sets.append([row | {"age": age} for row in rows])
    return sets


def _others(first: Row, symbols: Sequence[str]) -> list[str]:
    """The markets that are not in scope of the first cancel-all."""
    return [] if first["scope"] == EVERYWHERE else [symbol for symbol in symbols if symbol != first["scope"]]


def _after(first: Row, symbols: Sequence[str], rng: random.Random) -> list[str]:
    """The scopes of the cancel-alls after the first: another market, and all; of these one, where there is one other
    market.
    """
    others = _others(first, symbols)
    if len(others) < 2:
        return [rng.choice((each, EVERYWHERE)) for each in others]
    return [rng.choice(others), EVERYWHERE]


def counts_of(number: int, age: str) -> Sequence[int]:
    """How many orders the set of this number has for each of its cancel-alls, where they are so old."""
    first, *others = COUNTS[number]
    if age != YOUNG:
        return COUNTS[number]
    few = _FEWER if size_of(first) not in ("few", "about 50") else _FEW
    return (first, *(min(count, few) for count in others))


def size_of(count: int) -> str:
    """The size that this number of orders is of."""
    return next((size for size, most in _SIZES.items() if count <= most), _MANY)


def sorts(row: Row, count: int, markets: Sequence[str], rng: random.Random) -> list[tuple[str, str, bool]]:
    """Market, side, and whether it is partly filled, of each of so many orders of this set, in these markets."""
    sides = ("buy", "sell") if row["side"] == ANY else (row["side"],)
    partly = (False, True) if row["status"] == ANY else (row["status"] != "open",)
    kinds = list(product(markets, sides, partly))
    rng.shuffle(kinds)
    return [kinds[number % len(kinds)] for number in range(count)]
