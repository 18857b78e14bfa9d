"""What a run has covered of what there is to cover, area by area, as results.json has it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from conformance.coverage.array import Combination
from conformance.coverage.asked import FOURS, TRIPLES, Asked, Queries
from conformance.coverage.population import AGES, PAIRS, PLAIN_TYPES, TYPES, YOUNG, Kind, wanted
from conformance.orders import STATUSES

Area = dict[str, Any]
"""Counts as [done, possible], and `gaps`: what is missing, with what would close it."""

# Numbers of live orders at once, around each page that somebody may have, and above. What is injected can be many.
SIZES = (1, 2, 49, 50, 51, 99, 100, 101, 199, 200, 201, "above 300")
_MANY = 300

_PLACED = frozenset(("open", "partially_filled", "filled", "canceled"))

_NAMES = {2: "pairs", TRIPLES: "triples", FOURS: "fours"}
_GAPS_NAMED = 12  # of more only their number is told


def of_queries(queries: Queries, asked: Iterable[Asked]) -> Area:
    """The pairs, triples and fours of list parameters that were asked for so that each parameter tells."""
    told = list(asked)
    counts: Area = {}
    gaps: list[str] = []
    for strength, wanted_ones in queries.wanted.items():
        if strength == FOURS and not wanted_ones:
            continue  # only an exploring round wants them
        reached, planned = (queries.told(lists, strength) & wanted_ones for lists in (told, queries.asked))
        counts[_NAMES[strength]] = [len(reached), len(wanted_ones)]
        for each in sorted(wanted_ones - reached):
            why = "not asked for" if each in planned else "no list was found whose answer tells"
            gaps.append(f"{_spelled(each)}: {why}")
    return {**counts, "gaps": _some(gaps)}


def of_placed_orders(kinds: Iterable[Kind], markets: Sequence[str]) -> Area:
    """As `of_orders`, of what can be brought about by placing, trading and canceling alone."""
    return of_orders(kinds, markets, _PLACED, [YOUNG], PLAIN_TYPES)


def of_orders(
    kinds: Iterable[Kind],
    markets: Sequence[str],
    statuses: Set[str] = frozenset(STATUSES),
    ages: Sequence[str] = tuple(AGES),
    types: Sequence[str] = TYPES,
) -> Area:
    """The pairs and triples of order properties that the account's orders have shown, of those that the driver can
    reach.
    """
    seen, counts, gaps = list(kinds), Area(), list[str]()
    for strength in (PAIRS, TRIPLES):
        possible = wanted(markets, ages, types, strength)
        reachable = {each for each in possible if dict(each).get("status", "open") in statuses}
        shown = set[Combination]().union(*(kind.combinations(strength) for kind in seen))
        counts[_NAMES[strength]] = [len(reachable & shown), len(reachable)]
        gaps += [f"{_spelled(each)}: no order that was seen is all of this" for each in sorted(reachable - shown)]
    return {**counts, "gaps": _some(gaps)}


def of_cancels(
    done: Set[tuple[Any, ...]], credentials: Sequence[str], triples: Set[Combination], *, injects: bool
) -> Area:
    """The sizes and the kinds of live orders that a cancel-all has met, with each credential; and of these `triples` of
    what is canceled by whom those that one was about.
    """
    missing = triples - {triple for what, triple in done if what == "triple"}
    met = {int(size) for what, size in done if what == "size"}
    sizes = [size for size in SIZES if size in met or (isinstance(size, str) and max(met, default=0) > _MANY)]
    kinds = [kind for kind in credentials if ("kinds", kind) in done]
    remedy = "" if injects else ": add [driver.inject]"
    gaps = [f"{size} live orders at once{remedy}" for size in SIZES if size not in sizes]
    gaps += [f"live orders of every kind with the {kind}" for kind in credentials if kind not in kinds]
    gaps += [f"{_spelled(each)}: no cancel-all is about such orders" for each in sorted(missing)]
    return {
        "sizes": [len(sizes), len(SIZES)],
        "kinds": [len(kinds), len(credentials)],
        "triples": [len(triples - missing), len(triples)],
        "gaps": _some(gaps),
    }


def merged(areas: Iterable[Mapping[str, Area]]) -> dict[str, Area]:
    """The areas of several lanes: of each the one that has covered most."""
    found: dict[str, Area] = {}
    for each in areas:
        for name, area in each.items():
            if name not in found or _done(area) > _done(found[name]):
                found[name] = area
    return found


def joined(rounds: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, Area]:
    """What several rounds have covered at the least: each count that of the round that reached most, and the gaps of
    the round that has covered most of all.
    """
    best = merged([{name: dict(area) for name, area in each.items()} for each in rounds])
    for area in (each for areas in rounds for each in areas.items()):
        name, counts = area
        for what, count in counts.items():
            if what != "gaps" and count[0] > best[name].get(what, [-1])[0]:
                best[name] = {**best[name], what: count}
    return best


def _done(area: Area) -> int:
    return sum(counts[0] for name, counts in area.items() if name != "gaps")


def _spelled(combination: Combination) -> str:
    return " · ".join(f"{name} {value}" for name, value in combination)


def _some(gaps: list[str]) -> list[str]:
    more = len(gaps) - _GAPS_NAMED
    return [*gaps[:_GAPS_NAMED], f"and {more} more"] if more > 0 else gaps
