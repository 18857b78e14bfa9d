"""Sets of live orders for cancel-alls: how many of which sort, who cancels them, with which credential, and where."""

import random
from collections.abc import Mapping, Sequence, Set
from itertools import cycle, product

from conformance.coverage.array import Row, combinations_of, completed
from conformance.coverage.population import YOUNG
from conformance.oracle.listing import MAX_LIMIT

EVERYWHERE, ANY = "everywhere", "any"

# How many are in scope: about as many as pages may hold; and a few, which can be of any sort.
COUNTS = (2, 7, 49, 50, 51, 99, 100, 101, 199, 200, 201, 201, 201, 301, 501)

# Numbers in one of these sizes are alike; each by its greatest.
_SIZES = {"few": 12, "about 50": 51, "about 100": 101, "about 200": MAX_LIMIT}
_MANY = "more"

# How old hundreds of orders can be. Who draws a line, draws it below the older ones.
_OLD, _AGES, _OFTEN = "old", ("hours", "days", "weeks", "months"), (1, 2, 2, 3)

# Account, credential, whether it is one market, and whether they are old, of the sets that are more than the longest
# page: all pairs of these. A smaller set shows nothing of what goes wrong beyond a number that they all exceed.
_PAIRS = ((0, 0, 0, 0), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0))


def live_sets(symbols: Sequence[str], credentials: Mapping[str, Sequence[str]], ways: Set[str], seed: int) -> list[Row]:
    """A set for each of COUNTS: many triples of properties are met in one or another.

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

    begun: list[Row] = [{"size": size_of(count)} for count in COUNTS]
    one_after_the_other = cycle(rng.sample(symbols, len(symbols)))
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
    rows = completed(begun, parameters, triples, rng, allowed)
    return [row | {"age": rng.choices(_AGES, _OFTEN)[0]} if row["age"] == _OLD else row for row in rows]


def size_of(count: int) -> str:
    """The size that this number of orders is of."""
    return next((size for size, most in _SIZES.items() if count <= most), _MANY)


def sorts(row: Row, count: int, symbols: Sequence[str], rng: random.Random) -> list[tuple[str, str, bool]]:
    """Market, side, and whether it is partly filled, of each of so many orders in scope of this set."""
    sides = ("buy", "sell") if row["side"] == ANY else (row["side"],)
    partly = (False, True) if row["status"] == ANY else (row["status"] != "open",)
    where = symbols if row["scope"] == EVERYWHERE else (row["scope"],)
    kinds = list(product(where, sides, partly))
    rng.shuffle(kinds)
    return [kinds[number % len(kinds)] for number in range(count)]
