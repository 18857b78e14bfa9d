"""Sets of live orders for cancel-alls: how many of which sort, who cancels them, with which credential, and where."""

import random
from collections.abc import Mapping, Sequence, Set
from itertools import product

from conformance.coverage.array import Row, combinations_of, completed
from conformance.coverage.population import YOUNG
from conformance.oracle.listing import MAX_LIMIT

EVERYWHERE, ANY, INJECTED = "everywhere", "any", "injected"

# How many are in scope: about as many as pages may hold; and a few, which can be of any sort.
COUNTS = (1, 2, 49, 50, 51, 99, 100, 101, 199, 200, 201, 201, 501, 2, 7)

# Numbers in one of these sizes are alike; each by its greatest.
_SIZES = {"one": 1, "two": 2, "few": 12, "about 50": 51, "about 100": 101, "about 200": 201}
_MANY = "more"
_PLACED = ("one", "two", "few")  # where more can be injected, no more are placed one by one
_WITHIN_A_MINUTE = (*_PLACED, "about 50", "about 100")

# How old hundreds of orders can be.
_AGES = (YOUNG, "hours", "days", "weeks", "months")


def live_sets(symbols: Sequence[str], credentials: Mapping[str, Sequence[str]], ways: Set[str], seed: int) -> list[Row]:
    """A set for each of COUNTS: many triples of properties are met in one or another.

    `credentials`: those of each account that may cancel, by its name. `ways`: to bring them about.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    every = list(dict.fromkeys(each for some in credentials.values() for each in some))
    parameters: dict[str, Sequence[str]] = {
        "size": [*_SIZES, _MANY],
        "scope": (EVERYWHERE, *symbols),
        "account": list(credentials),
        "credential": every,
        "side": (ANY, "buy", "sell"),
        "status": (ANY, "open", "partially_filled"),
        "age": _AGES,
        "by": [*[INJECTED] * ("injecting" in ways), *(every if "placing" in ways else ())],
    }

    def allowed(row: Mapping[str, str]) -> bool:
        size, age, by = row["size"], row.get("age"), row.get("by")
        own = credentials[row.get("account", next(iter(credentials)))]
        if not {row.get("credential", own[0]), own[0] if by in (None, INJECTED) else by} <= {*own}:
            return False
        if "injecting" not in ways:
            return age in (None, YOUNG)
        if by not in (None, INJECTED):
            return age in (None, YOUNG) and size in _PLACED
        return age != YOUNG or size in _WITHIN_A_MINUTE

    begun = [{"size": size_of(count)} for count in COUNTS]
    # More than the longest page, of one market with each credential, and of all with one: where orders beyond it stay
    # live, no smaller set shows it. Of all with the other credential is judged where so many stand since set-up.
    own = credentials[next(iter(credentials))]
    one_market = [rng.choice(symbols), rng.choice(symbols)]
    large = [row for row, count in zip(begun, COUNTS, strict=True) if count > MAX_LIMIT]
    for row, credential, scope in zip(large, (own[0], own[-1], own[-1]), (*one_market, EVERYWHERE), strict=True):
        row |= {"credential": credential, "scope": scope}
    # How old they are and how they came about is left to chance: there are not sets enough for all triples.
    triples = combinations_of({name: parameters[name] for name in parameters if name not in ("age", "by")}, 3)
    return completed(begun, parameters, triples, rng, allowed)


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
