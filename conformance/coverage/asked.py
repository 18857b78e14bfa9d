"""A list that is asked for, which of its parameters tell, and what the lists of a run are to cover."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import product

from conformance.coverage.array import Combination, Row, Shows, always, within
from conformance.coverage.rows import ABSENT, BOUNDS, NO_MARKET
from conformance.orders import Query

TRIPLES, FOURS = 3, 4  # how strong an array is: of how many parameters it covers all values together
WHO = frozenset(("credential", "account"))  # any page that is right tells who asked, and with what


@dataclass(frozen=True, slots=True)
class Asked:
    """One list that is asked for: the row that it stands for, and which of its parameters tell.

    `both_ways`: those of its bounds that tell whether they are moved out or in, so that they stand for either class.
    """

    query: Query
    whose: str
    credential: str
    row: tuple[tuple[str, str], ...]
    telling: frozenset[str]
    both_ways: frozenset[str] = frozenset()

    def __hash__(self) -> int:  # what it tells follows from these
        return hash((self.query, self.whose, self.credential))

    def __repr__(self) -> str:
        return f"{self.query} by {self.whose} with {self.credential}"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))  # type: ignore[attr-defined]

    @property
    def may_be_rejected(self) -> bool:
        """Whether a 4xx is a good answer too: the symbol is that of no market, or the window ends before it starts."""
        return ("symbol", NO_MARKET) in self.row or self.query.is_backwards

    def rows(self) -> Iterator[Row]:
        """The rows that it stands for: several where a bound tells both ways."""
        values = [BOUNDS if name in self.both_ways else (value,) for name, value in self.row]
        for each in product(*values):
            yield dict(zip(dict(self.row), each, strict=True))

    def told_in(self, row: Row, strength: int) -> set[Combination]:
        """The combinations of so many parameters of this row of its rows in which each one that is given tells."""
        told = {name: value for name, value in row.items() if value == ABSENT or name in self.telling}
        return within(told, strength)


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
            told = ((self.shows(row), one.told_in(row, strength)) for row in one.rows())
            self._told[one, strength] = {each for shown, held in told for each in held if shown(each)}
        return self._told[one, strength]
