"""Lists that contradict those before and after them: how often each kind does, and which requirement that breaks."""

from collections import Counter, OrderedDict, defaultdict
from dataclasses import replace
from typing import NamedTuple

from conformance.account.blame import of_lapse
from conformance.account.contradiction import of_contradiction
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT, Listing, limit_requirement
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.verdict import Breach
from conformance.wire.signer import Credential

_REMEMBERED = 5_000  # queries whose lists were right or wrong
_KEPT = 3  # contradictions of each kind
_SELDOM = 0.34  # up to this share of its kind, a list is wrong now and then

Sort = tuple[tuple[str, ...], str, Credential]


class _Met(NamedTuple):
    listing: Listing
    known: Snapshot
    breaches: list[Breach]
    evidence: tuple[Exchange, ...]


def _size(limit: int | None) -> str:
    """Limits that fare alike."""
    if limit in (None, MAX_LIMIT, DEFAULT_LIMIT):
        return str(limit)
    return limit_requirement(limit)


def _sort(query: Query, kind: Credential) -> Sort:
    return tuple(query.filters), _size(query.limit), kind


class Contradictions:
    """Of one account."""

    def __init__(self) -> None:
        self._met: defaultdict[Sort, list[_Met]] = defaultdict(list)
        self._wrong: Counter[Sort] = Counter()
        self._all: Counter[Sort] = Counter()
        self._answers: OrderedDict[tuple[Query, Credential], bool] = OrderedDict()

    def agreed(self, query: Query, kind: Credential) -> None:
        """This list agreed with what is known."""
        self._note(query, kind, wrong=False)

    def met(self, listing: Listing, kind: Credential, known: Snapshot, found: list[Breach], *shown: Exchange) -> None:
        """This list did not."""
        self._note(listing.query, kind, wrong=True)
        met = self._met[_sort(listing.query, kind)]
        if len(met) < _KEPT:
            met.append(_Met(listing, known, found, shown))

    def _note(self, query: Query, kind: Credential, *, wrong: bool) -> None:
        sort = _sort(query, kind)
        self._all[sort] += 1
        self._wrong[sort] += wrong
        self._answers[query, kind] = wrong or self._answers.get((query, kind), False)
        while len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)

    def report(self, observations: Observations) -> None:
        """Charge each kind of list that is wrong to what it breaks, the plainest kind first."""
        told: list[Sort] = []
        seldom = sum(self._wrong.values()) <= _SELDOM * sum(
            self._all[sort] for sort in self._wrong if self._wrong[sort]
        )
        for sort in sorted(self._met, key=lambda each: (len(each[0]), each[1] != "None", each)):
            met = self._met[sort][0]
            if seldom and met.breaches[0].requirement is None:
                for each in self._met[sort]:
                    observations.lapse(of_lapse(each.listing.query, each.breaches[0]), each.breaches[0], *each.evidence)
                continue
            names, size, kind = sort
            if any(set(other[0]) <= set(names) and other[1:] == (size, kind) for other in told):
                continue  # a plainer list is wrong as well
            told.append(sort)
            requirement = met.breaches[0].requirement or of_contradiction(
                met.listing, kind, met.known, "jwt", self._is_wrong
            )
            if (
                met.listing.query.start is not None
                and requirement == "list.conjunctive"
                and met.listing.query.is_backwards
            ):
                requirement = "list.window-empty"
            observations.report([met.breaches[0]._replace(requirement=requirement, certain=True)], *met.evidence)

    def _is_wrong(self, query: Query, kind: Credential) -> bool:
        """Whether such a list was wrong, as far as the recording has one."""
        if (query, kind) in self._answers:
            return self._answers[query, kind]
        sort = _sort(query, kind)
        return self._wrong[sort] > 0


class Filters:
    """Breaches of filters: whether the filter is kept where it stands alone, the recording tells at its end."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, Query], tuple[Breach, Exchange]] = {}
        self._alone: Counter[tuple[str, bool]] = Counter()

    def right(self, query: Query) -> None:
        """All filters of this list were kept, and there was something to show."""
        names = query.filters
        if len(names) == 1:
            self._alone[names[0], True] += 1

    def met(self, breach: Breach, query: Query, exchange: Exchange) -> None:
        """This filter was not kept."""
        name = (breach.requirement or "").removeprefix("list.")
        if len(query.filters) == 1:
            self._alone[name, False] += 1
        if len(self._met) < 200:
            self._met.setdefault((name, replace(query, limit=None)), (breach, exchange))

    def report(self, observations: Observations) -> None:
        """Charge each to the filter, or to the filters' standing together."""
        for (name, query), (breach, exchange) in sorted(self._met.items(), key=lambda each: len(each[0][1].pairs())):
            broken = f"list.{name}"
            if len(query.filters) > 1 and not self._alone[name, False] and self._alone[name, True]:
                broken = "list.conjunctive"
            if query.is_backwards and not self._alone[name, False]:
                broken = "list.window-empty"
            observations.report([breach._replace(requirement=broken)], exchange)
