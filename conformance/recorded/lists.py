"""Lists of a recording, held against the lists before and after them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.observations import Observations
from conformance.oracle.listing import LISTING, MAX_LIMIT, Listing, explain, limit_requirement, matches, page_size
from conformance.oracle.snapshot import Interval
from conformance.oracle.timeline import TIMELINE, Look, Timeline
from conformance.orders import Order, Query
from conformance.recorded.ahead import Ahead
from conformance.recorded.contradictions import Contradictions, Filters
from conformance.recorded.story import Shown, Story, Terms, snapshot, with_record
from conformance.recorded.whose import Foreign

_FILTERS = ("list.symbol", "list.status", "list.start", "list.end")
_OVER = ("filled", "canceled", "rejected")
_LONG_AGO = -1e15


class Lists:
    """Judges the lists of one account."""

    def __init__(self, story: Story, terms: Terms, observations: Observations) -> None:
        self.contradictions = Contradictions()
        self.filters = Filters()
        self._story = story
        self._terms = terms
        self._observations = observations

    def judge(self, shown: Shown, ahead: Ahead, foreign: Foreign) -> None:
        """Judge one list; `ahead`: answers of the same account that were asked for after it."""
        query = shown.query
        assert query is not None
        self._by_itself(Listing(query, shown.orders, foreign, shown.unread), shown, foreign)
        self._against_what_was(shown)
        self._between(Listing(query, shown.orders, unread=shown.unread), shown, ahead)

    def report(self) -> None:
        """Charge what only the whole recording can tell."""
        self.filters.report(self._observations)
        self.contradictions.report(self._observations)

    def _by_itself(self, listing: Listing, shown: Shown, foreign: Foreign) -> None:
        judgement = LISTING.judge(listing)
        self._observations.count(judgement.saw)
        if foreign and listing.orders and not any(each.requirement == "list.own-only" for each in judgement.breaches):
            self._observations.count({"list.own-only": 1})
        for breach in judgement.breaches:
            if breach.requirement in _FILTERS:
                self.filters.met(breach, listing.query, shown.entry.exchange)
            else:
                order = next((each for each in listing.orders if each.identity in foreign), None)
                owner = (
                    [with_record(foreign.shown_by(order.identity), order)]
                    if order and breach.requirement == "list.own-only"
                    else []
                )
                self._observations.report([breach], *owner, shown.entry.exchange)
        if listing.orders and not judgement.breaches:
            self.filters.right(listing.query)

    def _against_what_was(self, shown: Shown) -> None:
        """Each order against the last answer that had come before: what is over stays so, and fills never shrink."""
        earlier: dict[int, tuple[Look, dict[str, Order]]] = {}
        for order in shown.orders:
            was = self._story.known.get(order.id)
            if was is None or (was.order.status not in _OVER and was.order == order):
                continue
            key = id(was.by)
            if key not in earlier:
                orders: dict[str, Order] = {}
                look = was.by.look(orders)
                earlier[key] = replace(look, exchange=with_record(look.exchange, was.order)), orders
            earlier[key][1][order.id] = was.order
        lately = [each for each in self._story.lately if shown.entry.asked_at - each.entry.came_at < 10]
        told = {id for each in lately for id in each.by_id if id in self._story.known}
        settled = {id for id in told if self._story.known[id].listed_since + self._lag_s < shown.entry.asked_at}
        looks = [*(look for look, _ in earlier.values()), *(each.look() for each in lately), shown.look()]
        judgement = TIMELINE.judge(Timeline(_pairwise(looks), {}, {}, settled, lag_s=self._terms.consistency_s))
        self._observations.count(judgement.saw)
        self._observations.report([breach._replace(certain=True) for breach in judgement.breaches])

    @property
    def _lag_s(self) -> float:
        return self._terms.settle_s + self._terms.consistency_s

    def _between(self, listing: Listing, shown: Shown, ahead: Ahead) -> None:
        """Against orders that answers before and after it show alike: nothing was done to those."""
        entry, query = shown.entry, listing.query
        after = ahead.after(entry.came_at + self._terms.consistency_s)
        known = self._story.known
        long_ago = entry.asked_at - self._lag_s
        stable = {
            id: order
            for id, (order, _) in after.items()
            if (was := known.get(id)) and was.since < long_ago and (was.order is order or was.order == order)
        }
        if not stable:
            return
        self._observations.lists += 1
        held = snapshot(stable)
        breaches = list(explain(listing, Interval.still(held)))
        if not breaches:
            self.contradictions.agreed(query, entry.kind)
            self._count(listing, stable)
            return
        told = f"{breaches[0].want} {breaches[0].got}"
        shows = next((id for id in stable if id in told), next(iter(stable)))
        evidence = self._story.evidence(shows), entry.exchange, after[shows][1].entry.exchange
        self.contradictions.met(listing, entry.kind, held, breaches, *evidence)

    def _count(self, listing: Listing, stable: Mapping[str, Order]) -> None:
        """What a list that agreed was right by."""
        query, shown = listing.query, len(listing.orders)
        due = sum(matches(query, order) for order in stable.values())
        if not due and shown:
            return
        filters = [f"list.{name}" for name in query.filters]
        saw = dict.fromkeys(filters, 1)
        if shown == page_size(query.limit) and shown:
            saw[limit_requirement(query.limit)] = 1
            if filters and shown < MAX_LIMIT:
                saw["list.limit-after-filters"] = 1
        if len(filters) > 1:
            saw["list.conjunctive"] = 1
        if query == Query() or "list.symbol" not in filters:
            saw["list.symbol-omitted"] = int(len({order.symbol for order in listing.orders}) > 1)
        self._observations.count({id: times for id, times in saw.items() if times})


def _pairwise(looks: Sequence[Look]) -> list[Look]:
    """The earlier ones are not held against each other here: that was done when each of them came."""
    *earlier, now = looks
    return [*(replace(each, asked_at=_LONG_AGO) if each.query else each for each in earlier), now]
