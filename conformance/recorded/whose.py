"""Whose order is whose, as far as lists have told."""

from collections import Counter, OrderedDict
from collections.abc import Iterator, Set

from conformance.evidence import Exchange
from conformance.recorded.story import Shown

_REMEMBERED = 50_000  # orders of all accounts

Identity = tuple[object, ...]


class Whose:
    """An order is of the account whose list showed it first."""

    def __init__(self) -> None:
        self.told: OrderedDict[Identity, tuple[str, Exchange]] = OrderedDict()
        self.counts: Counter[str] = Counter()

    def take(self, account: str, shown: Shown) -> None:
        """A list of this account showed these orders."""
        for order in shown.orders:
            if order.id and order.identity not in self.told:
                self.told[order.identity] = account, shown.bare
                self.counts[account] += 1
        while len(self.told) > _REMEMBERED:
            _, (owner, _) = self.told.popitem(last=False)
            self.counts[owner] -= 1

    def foreign_to(self, account: str) -> "Foreign":
        """The orders of the other accounts."""
        return Foreign(self, account)


class Foreign(Set[Identity]):
    """The identities of the orders that are not of this account."""

    def __init__(self, whose: Whose, account: str) -> None:
        self._whose = whose
        self._account = account

    def __contains__(self, identity: object) -> bool:
        told = self._whose.told.get(identity)  # type: ignore[call-overload]
        return told is not None and told[0] != self._account

    def __iter__(self) -> Iterator[Identity]:
        return (each for each, (owner, _) in self._whose.told.items() if owner != self._account)

    def __len__(self) -> int:
        return len(self._whose.told) - self._whose.counts[self._account]

    def shown_by(self, identity: Identity) -> Exchange:
        """The list that showed the order to its owner first."""
        return self._whose.told[identity][1]
