"""What lists showed while something was done: rules over the whole history, order by order.

Two requests that overlap tell nothing of each other, since either may have been first. So an answer is held against
those alone that had come before it was asked for, as a checker of linearizability does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from conformance.evidence import Exchange
from conformance.naming import count
from conformance.oracle.cancel_case import GONE, became
from conformance.oracle.lagging import comes_round
from conformance.oracle.listing import Listing, due_above, must_show
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.orders import Order, Query
from conformance.verdict import Breach

# What is so is so for good. Of expired orders the documents say neither that they are live nor that they are over.
_OVER = frozenset(("filled", "canceled", "rejected"))


@dataclass(frozen=True, slots=True)
class Look:
    """The orders that one answer showed, by id, and when it was asked for and came: seconds of a clock that only rises.

    `query`: the list that it answers; None for a cancel-all's answer. `unread`: ids of records that cannot be read.
    """

    query: Query | None
    orders: Mapping[str, Order]
    asked_at: float
    came_at: float
    exchange: Exchange
    unread: Sequence[str | None] = ()
    _due_above: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        if self.query is not None:
            object.__setattr__(self, "_due_above", due_above(self._listing(self.query)))

    def _listing(self, query: Query) -> Listing:
        return Listing(query, list(self.orders.values()), unread=self.unread)

    def leaves_out(self, order: Order) -> bool:
        """Whether this list covers the order and does not show it."""
        if self.query is None or not must_show(self.query, self._due_above, order):
            return False
        return order.id not in self.orders and not self.unread

    def lacks_a_market(self, left_out: Iterable[Order]) -> bool:
        """As of the list that it answers."""
        return self.query is not None and self._listing(self.query).lacks_a_market(left_out)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The answers that came while something was done to an account, and its orders before and after.

    `after_by`: the first list that showed them after. `settled`: ids of orders that were listed for so long that no
    list may leave them out any more. `changed`: ids of orders that lists may still show as they were before `before`.
    `lag_s`: for how long after a cancel-all lists may still be behind; `said_s`: as the profile says.
    """

    looks: Sequence[Look]
    before: Mapping[str, Order]
    after: Mapping[str, Order]
    settled: Set[str] = frozenset()
    changed: Set[str] = frozenset()
    lag_s: float = 0.0
    after_by: Exchange | None = None
    said_s: float = 0.0

    @property
    def lists(self) -> Iterator[tuple[Look, Query]]:
        """The lists among the answers, each with its query."""
        return ((look, look.query) for look in self.looks if look.query is not None)

    def later_than(self, earlier: Look) -> Iterator[Look]:
        """The lists that were asked for once this answer had come, and lists had to show what it told."""
        return (look for look in self.looks if look.query and look.asked_at > earlier.came_at + self.lag_s)


TIMELINE: Rulebook[[Timeline]] = Rulebook()


@TIMELINE.rule("cancel.visible")
def what_was_told_as_canceled_is_shown_so(timeline: Timeline) -> Iterator[Sight]:
    """What a cancel-all's answer has told is canceled in every list that is asked for later."""
    for told in (look for look in timeline.looks if look.query is None):
        canceled = [order for order in told.orders.values() if order.status == "canceled"]
        for later in timeline.later_than(told):
            for order in canceled:
                shown = later.orders.get(order.id)
                if shown is not None and "status" in shown.unknown:
                    continue
                if shown is not None and shown.status == "canceled":
                    yield RIGHT
                elif shown is not None or (order.id in timeline.settled and later.leaves_out(order)):
                    want = f"{order.id} canceled {_later(told, later)}, as the answer to the cancel-all told"
                    got = f"a list of {later.query} without it" if shown is None else f"{shown}"
                    now = timeline.after.get(order.id)
                    if shown is not None and now is not None and now.status == "canceled" and timeline.after_by:
                        after_ms = _between_ms(told.exchange, timeline.after_by)
                        got = f"{got}; {comes_round(after_ms, timeline.said_s)}"
                    # Why a list leaves it out, this list does not tell.
                    yield Breach(want, got, certain=shown is not None, exchanges=(told.exchange, later.exchange))


@TIMELINE.rule("cancel.final", may_also=("cancel.visible",))
def what_is_over_stays_so(timeline: Timeline) -> Iterator[Sight]:
    """An order that one list has shown as over is over in every list that is asked for later.

    Where a list by status shows one as live that was canceled long before, it is behind.
    """
    for earlier, later, was, now in _pairs(timeline):
        if was.status not in _OVER:
            continue
        if now.status == was.status:
            yield RIGHT
        else:
            long_ago = earlier.asked_at == float("-inf")
            behind = long_ago and later.query and later.query.status and was.status == "canceled"
            want = f"{was.id} {was.status} {_later(earlier, later)}, as one had shown it"
            broken = "cancel.visible" if behind and now.live else None
            told = became(was.changes(now), now)
            yield Breach(want, f"{now}", broken, exchanges=(earlier.exchange, later.exchange), changed=told)


@TIMELINE.rule("order.filled-qty", may_also=("cancel.keeps-fills",))
def fills_never_shrink(timeline: Timeline) -> Iterator[Sight]:
    """What one list has shown as filled is no less in any list that is asked for later, canceled or not."""
    for earlier, later, was, now in _pairs(timeline):
        if not was.filled_qty:
            continue
        if now.filled_qty >= was.filled_qty:
            yield RIGHT
        else:
            want = f"filled_qty {was.filled_qty} or more on {was.id} {_later(earlier, later)}"
            broken = "cancel.keeps-fills" if was.live and now.status == "canceled" else None
            told, shown_by = became(was.changes(now), now), (earlier.exchange, later.exchange)
            yield Breach(want, f"{now.filled_qty}", broken, exchanges=shown_by, changed=told)


LAPSES: Rulebook[[Timeline]] = Rulebook()
"""What a list leaves out, or shows otherwise, though lists before and after it show it."""


@LAPSES.rule("list.limit-exact", may_also=("list.status", "list.symbol-omitted", "cancel.visible"))
def what_nothing_is_done_to_is_always_shown(timeline: Timeline) -> Iterator[Sight]:
    """An order that is the same before and after is so in every list in between."""
    still = [order for id, order in timeline.before.items() if timeline.after.get(id) == order]
    still = [order for order in still if order.id in timeline.settled - timeline.changed]
    for look, query in timeline.lists:
        left_out = {order.id: order for order in still if look.leaves_out(order)}
        about = "list.limit-exact" if query.status is None else "list.status"
        if look.lacks_a_market(left_out.values()):
            about = "list.symbol-omitted"
        for order in still:
            shown = look.orders.get(order.id)
            if shown is not None and not order.changes(shown):
                yield RIGHT
            elif shown is not None or order.id in left_out:
                want = f"{order} in a list of {query}, as before and after"
                got = f"{count(len(look.orders), 'order')} without it" if shown is None else f"{shown}"
                told = GONE if shown is None else became(order.changes(shown), shown)
                knows = shown is not None and "status" not in shown.unknown
                stale = knows and shown and order.status == "canceled" != shown.status
                broken = "cancel.visible" if stale else about
                yield Breach(want, got, broken, exchanges=(look.exchange,), changed=told)


@LAPSES.rule("list.limit-exact")
def what_is_there_before_and_after_is_there_meanwhile(timeline: Timeline) -> Iterator[Sight]:
    """An order may change while a list is read, and the list may show either state: one of the two it has to show."""
    known = {id: order for id, order in timeline.before.items() if id in timeline.settled}
    changed = [order for id, order in known.items() if timeline.after.get(id, order) != order]
    for look, query in timeline.lists:
        if query.status is None:
            for order in changed:
                if look.leaves_out(order):
                    want = f"{order} in a list without status, as it was or as it became"
                    yield Breach(want, f"{count(len(look.orders), 'order')} without it", exchanges=(look.exchange,))


def _pairs(timeline: Timeline) -> Iterator[tuple[Look, Look, Order, Order]]:
    """Each order in two lists, of which the second was asked for once the first had come."""
    for earlier in timeline.looks:
        if earlier.query is not None:
            for later in timeline.later_than(earlier):
                for id in earlier.orders.keys() & later.orders.keys():
                    was, now = earlier.orders[id], later.orders[id]
                    if "status" not in was.unknown | now.unknown:
                        yield earlier, later, was, now


def _later(earlier: Look, later: Look) -> str:
    return f"in a list asked for {_between_ms(earlier.exchange, later.exchange):.0f} ms after the first had come"


def _between_ms(first: Exchange, second: Exchange) -> float:
    """By the times of the exchanges, as the report shows them."""
    return (second.sent_at - first.came_at) * 1000
