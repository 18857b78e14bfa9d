"""Sets of live orders for cancel-alls: how many of which sort, who cancels them, with which credential, and where."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import partial
from itertools import cycle, islice, product

from conformance.coverage.array import Combination, Row, combinations_of, completed, cover, within
from conformance.coverage.population import YOUNG
from conformance.oracle.listing import MAX_LIMIT

EVERYWHERE, ANY = "everywhere", "any"

# How many are in scope, about as many as pages may hold, and a few, which can be of any sort; with each, how many there
# are in two other markets, where one is in scope. Each number around a page is met several times, and some between.
COUNTS = (
    *((2, 150, 49), (49, 99, 50), (50, 199, 2), (51, 50, 75), (99, 1, 49), (100, 200, 7), (101, 50, 100)),
    *((199, 101, 2), (200, 1, 99), (201, 51, 101), (201, 100, 12), (201, 7, 50), (301, 2, 200), (501, 1, 49)),
)

# More of them, of one age each, brought about once those of one of the first sets are canceled.
LATER = (
    *((50, 12, 101), (100, 1, 49), (12, 120, 51), (201, 1, 60)),
    *((51, 130, 7), (49, 180, 7), (200, 50, 2), (7, 80, 51)),
    *((75, 49, 50), (120, 1, 51), (90, 1, 7), (7, 12, 201), (180, 50, 7)),
)

# Numbers in one of these sizes are alike; each by its greatest.
_SIZES = {"few": 12, "about 50": 51, "about 100": 101, "about 200": MAX_LIMIT}
_MANY = "more"

# How old hundreds of orders can be. Who draws a line, draws it below the older ones.
OLD, _AGES, _OFTEN = "old", ("hours", "days", "weeks", "months"), (1, 2, 2, 3)
_MIXED = 0.9  # of the sets: some of the orders are young where most are old, and the other way round
_ONE = "one market"
_TWO_AT_ONCE, _LAST_BY_NAME = 0.15, 0.4

# Account, credential, whether it is one market, and whether they are old, of the sets that are more than the longest
# page: all pairs of these, and three of one market, so that each of three has its turn. A smaller set shows nothing of
# what goes wrong beyond a number that they all exceed.
_PAIRS = ((0, 0, 0, 0), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0))
_OF_ALL_MARKETS = 2  # of the smaller sets, and of the later ones besides that of about 200

_FILLED = 8  # of one market and side of a set at most, where the others need not be: it takes time

_TAKING = 0.35  # of the sets: some of what is placed there takes from others


def live_sets(
    symbols: Sequence[str], credentials: Mapping[str, Sequence[str]], ways: Set[str], seed: int
) -> list[list[list[Row]]]:
    """One set or two for each of COUNTS, the second of LATER, where it can be injected: most triples of
    properties are met in one or another.

    A set has orders of the sort of each of its rows, and a cancel-all for each, one after the other. Where the first is
    of one market, the next is of another one, and the last, by its name or none, of what is left. Most of the orders of
    a row are of its `age`; if it is `mixed`, some are of the other one. What is old in a set is as `old` as it says.

    `credentials`: those of each account that may cancel, by its name. `ways`: to bring them about.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    accounts, parameters = list(credentials), _parameters(credentials, ways)
    ages = parameters["age"]
    small = [number for number, (count, *_) in enumerate(COUNTS) if size_of(count) != _MANY]
    everywhere = rng.sample(small, _OF_ALL_MARKETS)
    later = {*rng.sample(range(len(LATER)), _OF_ALL_MARKETS)}
    later |= {number for number, counts in enumerate(LATER) if size_of(counts[0]) == "about 200"}
    flips = [rng.randrange(2), rng.randrange(2), 0, rng.randrange(2)]
    pairs = iter([[bit ^ flip for bit, flip in zip(bits, flips, strict=True)] for bits in _PAIRS])
    single = cycle(rng.sample(("open", "partially_filled"), 2))
    begun: list[list[list[Row]]] = []
    for number, counts in enumerate(COUNTS):
        first: Row = {"scope": EVERYWHERE if number in everywhere else _ONE}
        if number in small:
            first["account"] = account = accounts[(number + flips[0]) % len(accounts)]
            if size_of(counts[0]) != "few":
                first |= {"side": ANY, "status": ANY}  # each number around a page meets orders of all sorts
            if first["scope"] == _ONE and sum(counts) > MAX_LIMIT:
                first["age"] = YOUNG  # what is old in the other markets is looked at apart
        else:
            who, which, one_market, old = next(pairs)
            account = accounts[who % len(accounts)]
            own = credentials[account]
            first = {"account": account, "credential": own[which % len(own)], "age": ages[old % len(ages)]}
            first["scope"] = _ONE if one_market else EVERYWHERE
        begun.append([_begun(counts, first, {"account": account, "age": ages[-1]}, len(symbols), single, rng)])
        if number < len(LATER) and len(ages) > 1:
            # One alone is placed and filled several times: an injected one has no fills that can be counted.
            age = YOUNG if LATER[number][1] == 1 else ages[(number + flips[3]) % len(ages)]
            alike = {"account": account, "age": age}
            first = {"scope": EVERYWHERE if number in later else _ONE} | alike
            partly = cycle(("partially_filled",))
            begun[-1].append(_begun(LATER[number], first, alike, len(symbols), partly, rng))
    rows = [row for sets in begun for rows in sets for row in rows]
    triples = possible_triples(credentials, ways)
    chosen = iter(completed(rows, parameters, triples, rng, partial(_allowed, credentials)))
    places = _Places(rng.sample(symbols, len(symbols)))
    return [
        [
            _placed_and_aged(list(islice(chosen, len(rows))), places, _MIXED if place == 0 else 0, rng)
            for place, rows in enumerate(sets)
        ]
        for sets in begun
    ]


def possible_triples(credentials: Mapping[str, Sequence[str]], ways: Set[str]) -> set[Combination]:
    """All triples of properties of what is canceled at once, who cancels it, with which credential, and where."""
    parameters = _parameters(credentials, ways)
    return {each for each in combinations_of(parameters, 3) if _allowed(credentials, dict(each))}


def triples_of(row: Row) -> set[Combination]:
    """Those triples that this row of a set has."""
    told = {name: row[name] for name in ("size", "scope", "account", "credential", "side", "status", "age")}
    return within(told | ({} if row["scope"] == EVERYWHERE else {"scope": _ONE}), 3)


def _parameters(credentials: Mapping[str, Sequence[str]], ways: Set[str]) -> Mapping[str, Sequence[str]]:
    return {
        "size": [*_SIZES, _MANY] if "injecting" in ways else [*_SIZES][:2],  # of what is placed, each takes a request
        "scope": (EVERYWHERE, _ONE),
        "account": list(credentials),
        "credential": list(dict.fromkeys(each for some in credentials.values() for each in some)),
        "side": (ANY, "buy", "sell"),
        "status": (ANY, "open", "partially_filled"),
        "age": (YOUNG, OLD) if "injecting" in ways else (YOUNG,),
    }


def _allowed(credentials: Mapping[str, Sequence[str]], row: Mapping[str, str]) -> bool:
    """Whether the account that the row names has the credential."""
    own = credentials[row["account"]] if "account" in row else None
    return own is None or row.get("credential", own[0]) in own


def _begun(
    counts: Sequence[int], first: Row, others: Row, markets: int, single: "cycle[str]", rng: random.Random
) -> list[Row]:
    """The rows of a set of so many orders, as far as they are told. `single`: the status of a single order."""
    # A single order gets a cancel-all by the name of its market.
    scopes = [] if first["scope"] == EVERYWHERE else _after(markets, 0 if counts[1] == 1 else _TWO_AT_ONCE, rng)
    rows = [{"size": size_of(n), "scope": scope} | others for n, scope in zip(counts[1:], scopes, strict=False)]
    if rows and counts[1] == 1:
        rows[0]["status"] = next(single)
    return [{"size": size_of(counts[0])} | first, *rows]


def _after(markets: int, two_at_once: float, rng: random.Random) -> list[str]:
    """The scopes of the cancel-alls after the first, which was of one of so many markets: another market, and then the
    last of three, by its name or by none; now and then both at once.
    """
    last = _ONE if rng.random() < _LAST_BY_NAME else EVERYWHERE
    if markets < 3:
        return [last] * (markets - 1)
    return [EVERYWHERE] if rng.random() < two_at_once else [_ONE, last]


class _Places:
    """Which market a cancel-all of one market is of: each market meets each size, account and credential in turn."""

    def __init__(self, markets: Sequence[str]) -> None:
        self._markets = markets
        self._met: Counter[tuple[str, str]] = Counter()

    def place(self, rows: Sequence[Row]) -> None:
        """Give those rows of a set that are of one market a market each, no two of them the same."""
        left = [*self._markets]
        for row in rows:
            if row["scope"] == _ONE:
                row["scope"] = market = min(left, key=partial(self._times, row))
                left.remove(market)
                self._met.update((market, row[name]) for name in ("size", "account", "credential"))

    def _times(self, row: Row, market: str) -> tuple[int, int]:
        met = self._met
        return met[market, row["size"]], met[market, row["account"]] + met[market, row["credential"]]


def _placed_and_aged(rows: list[Row], places: _Places, mixed: float, rng: random.Random) -> list[Row]:
    """The rows of a set, each with a market of its own where it is of one, and how old what is old is."""
    places.place(rows)
    old = rng.choices(_AGES, _OFTEN)[0]
    for row in rows:
        row |= {"old": old, "mixed": str(rng.random() < mixed)}
    if mixed and rows[0]["size"] != "few":
        rows[0]["mixed"] = "True"
    return rows


def size_of(count: int) -> str:
    """The size that this number of orders is of."""
    return next((size for size, most in _SIZES.items() if count <= most), _MANY)


def sorts(row: Row, count: int, markets: Sequence[str], rng: random.Random) -> list[tuple[str, str, bool]]:
    """Market, side, and whether it is partly filled, of each of so many orders of this set, in these markets.

    Where there are more of them than on the longest page, one market alone has more.
    """
    sides = ("buy", "sell") if row["side"] == ANY else (row["side"],)
    partly = (False, True) if row["status"] == ANY else (row["status"] != "open",)
    kinds = list(product(markets, sides, partly))
    rng.shuffle(kinds)
    crowded = [kind for kind in kinds if count > MAX_LIMIT and kind[0] == kinds[0][0]]
    many = list(islice(cycle(crowded), MAX_LIMIT + 1 if crowded else 0))
    return many + list(islice(cycle(kinds), count - len(many)))


def placed(
    row: Row, count: int, markets: Mapping[str, int], credentials: Sequence[str], rng: random.Random
) -> list[tuple[str, Row]]:
    """So many orders of this set that are placed: market, side, how often each is filled, with which credential it is
    placed, and whether it takes. The first of them are each filled another number of times; together they meet most
    pairs of these.

    `markets`: how many orders of one side can be partly filled there. Where some need not be, a few are.
    """
    fills = {ANY: "0123", "open": "0"}.get(row["status"], "123" if count > 1 else "23")  # others are injected with one
    parameters: dict[str, Sequence[str]] = {
        "side": ("buy", "sell") if row["side"] == ANY else (row["side"],),
        "fills": fills,
        "credential": credentials,
        # Who takes has the market for itself meanwhile, which takes time.
        "role": ("taker", "both", "maker") if rng.random() < _TAKING else ("maker",),
    }

    def allowed(kind: Mapping[str, str]) -> bool:
        least = {"taker": "1", "both": "2"}.get(kind.get("role", ""), "0")
        return kind.get("fills", least) >= least

    pairs = {each for each in combinations_of(parameters, 2) if allowed(dict(each))}
    kinds = cover(parameters, pairs, rng, allowed)
    # One of each number of fills comes before the others, then one with each credential; some of these numbers by
    # chance, where few are placed.
    first_of: dict[str, Row] = {}
    for kind in kinds:
        first_of.setdefault(kind["fills"], kind)
        first_of.setdefault(kind["fills"] + kind["credential"], kind)
    early = rng.sample(fills, len(fills))

    def rank(kind: Row) -> tuple[bool, bool, int]:
        number, credential = kind["fills"], kind["credential"]
        return first_of[number] is not kind, first_of[number + credential] is not kind, early.index(number)

    kinds.sort(key=rank)
    symbols, first = list(markets), rng.randrange(len(markets))
    filled: Counter[tuple[str, str]] = Counter()
    made = []
    for number in range(count):
        market, kind = symbols[(first + number) % len(symbols)], kinds[number % len(kinds)]
        if kind["fills"] != "0":
            filled[market, kind["side"]] += 1
            if filled[market, kind["side"]] > min(markets[market], _FILLED if "0" in fills else count):
                kind = {**kind, "fills": "0", "role": "maker"}
        made.append((market, kind))
    return made
