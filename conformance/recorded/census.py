"""The first look at a recording: what is in it, and who is who."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from conformance.operations import LIST
from conformance.oracle.records import read_array
from conformance.recorded.entry import Entry

_MOST_IDS = 20_000  # of one account
_MOST_ACCOUNTS = 64
_ALIKE = 0.5  # of the orders of the one that shows fewer: then two credentials are of one account


class Census:
    """What all entries tell. `markets`: of orders that were shown. `good`: accounts that lists were given to."""

    def __init__(self) -> None:
        self.bases: Counter[str] = Counter()
        self.markets: set[str] = set()
        self.good: set[str] = set()
        self.credentials = 0
        self._ids: defaultdict[str, set[int]] = defaultdict(set)

    def take(self, entry: Entry) -> None:
        """Take in one entry."""
        if entry.operation is None:
            return
        self.bases[entry.base] += 1
        self.credentials += entry.has_credentials
        answer = entry.answer
        if entry.operation is not LIST or answer is None or answer.status != 200 or entry.account is None or entry.flaw:
            return
        if len(self._ids) < _MOST_ACCOUNTS or entry.account in self._ids:
            orders = [each.order for each in read_array(answer.body) or () if each.order is not None]
            self.markets.update(order.symbol for order in orders)
            ids = self._ids[entry.account]
            if len(ids) < _MOST_IDS:
                ids.update(hash(order.identity) for order in orders)
            self.good.add(entry.account)

    @property
    def base(self) -> str | None:
        """Where the API is: most requests went there."""
        return self.bases.most_common(1)[0][0] if self.bases else None

    def owners(self, given: Mapping[str, str]) -> dict[str, str]:
        """The account of each name: as `given`, as named; else names that are shown the same orders are of one."""
        owners = {name: given.get(name, name) for name in self._ids}
        for one, other in combinations(sorted(self._ids, key=_order), 2):
            if one in given or other in given or not (_is_made_up(one) and _is_made_up(other)):
                continue
            if one.startswith("user-") and other.startswith("user-"):
                continue  # each token names its user
            shared = len(self._ids[one] & self._ids[other])
            if shared and shared >= _ALIKE * min(len(self._ids[one]), len(self._ids[other])):
                owners[other] = owners[one]
        return owners


def _is_made_up(name: str) -> bool:
    return name.partition("-")[0] in ("user", "token", "key", "session")


def _order(name: str) -> tuple[int, str]:
    return ("user", "token", "session", "key").index(name.partition("-")[0]) if _is_made_up(name) else -1, name


def mapping(given: Iterable[str]) -> dict[str, str]:
    """Who is who, as `NAME=CREDENTIAL,CREDENTIAL` says; `NAME` alone: all requests are of this account."""
    owners: dict[str, str] = {}
    for text in given:
        name, _, names = text.partition("=")
        owners |= {each.strip(): name for each in names.split(",")} if names else {"": name}
    return owners
