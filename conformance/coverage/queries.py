"""Lists that tell: a covering array over the parameters of a list, with values taken from the account's own orders.

A parameter of a query tells where the right answer is another one without it, or with its boundary moved by one. A row
of the array whose parameters all tell shows every mistake that is made with them, under all of its other values.
"""

import random
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from conformance.coverage.array import Combination, Row, Shows, always, combinations_of, cover, within
from conformance.coverage.ground import Ground
from conformance.coverage.rows import ABSENT, BEYOND, BOUNDS, LIMITS, NO_MARKET, fits, is_cut, means_something
from conformance.coverage.telling import telling_query
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Query

_STRENGTH = 3
_ROUNDS = 3  # a combination that did not tell in one row may tell in another


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
    """The lists of a run, those with few parameters first, and the combinations that they are to cover.

    `shows`: whether a combination shows in a row in which it stands.
    """

    asked: tuple[Asked, ...]
    pairs: Set[Combination] = frozenset()
    triples: Set[Combination] = frozenset()
    shows: Shows = always

    def told(self, asked: Iterable[Asked], strength: int) -> set[Combination]:
        """The combinations of so many parameters that these lists show."""
        return {each for one in asked for each in one.combinations(strength) if self.shows(dict(one.row), each)}


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
        "start": (ABSENT, *BOUNDS),
        "end": (ABSENT, *BOUNDS),
        "limit": LIMITS,
        "credential": tuple(sorted({each for whose in grounds for each in credentials[whose]})),
        "account": tuple(grounds),
    }
    every = {name: (*values, *BEYOND.get(name, ())) for name, values in telling.items()}

    def at(row: Mapping[str, str]) -> list[Ground]:
        return [ground for whose, ground in grounds.items() if row.get("account", whose) == whose]

    def allowed(row: Mapping[str, str]) -> bool:
        whose = row.get("account")
        if whose is not None and row.get("credential", credentials[whose][0]) not in credentials[whose]:
            return False
        return means_something(row) and any(fits(row, ground) for ground in at(row))

    def shows(row: Mapping[str, str], combination: Combination) -> bool:
        given = dict(combination)
        if "limit" not in given or "start" in given or row["start"] not in BOUNDS:
            return True
        return not any(is_cut(given, ground) for ground in at(given))  # else a row in which it cuts has to show it

    wanted = {strength: {each for each in combinations_of(values, strength) if allowed(dict(each))}
              for strength, values in ((_STRENGTH, telling), (2, every))}  # fmt: skip
    queries = Queries((), wanted[2], wanted[_STRENGTH], shows)
    asked: list[Asked] = []
    for strength, values in ((_STRENGTH, telling), (2, every)):
        for _ in range(_ROUNDS):
            told = queries.told(asked, strength)
            rows = cover(values, wanted[strength] - told, rng, allowed, shows)
            made = [_asked(row, grounds[row["account"]], rng) for row in rows]
            asked += [each for each in made if not queries.told([each], strength) <= told]
    return replace(queries, asked=tuple(sorted(asked, key=lambda each: len(each.query.pairs()))))


def _asked(row: Row, ground: Ground, rng: random.Random) -> Asked:
    query, telling = telling_query(row, ground, rng)
    # Who asks with what is told by any page that is right.
    return Asked(query, row["account"], row["credential"], tuple(row.items()), telling | {"credential", "account"})
