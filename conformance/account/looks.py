"""One look at an account beside the look before it: what is missing, and what became of each order."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache

from conformance.account.account import Account
from conformance.account.blame import of_lapse
from conformance.evidence import Exchange
from conformance.oracle.cancel_case import GONE
from conformance.oracle.listing import MAX_LIMIT, Listing
from conformance.oracle.records import read
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.succession import SUCCESSION
from conformance.orders import LackingOrder, Order, Query
from conformance.verdict import Breach
from conformance.wire.answers import decoded

_REMEMBERED = 32  # pages: all breaches of a cancel-all are about the same few


def unless_back(
    account: Account,
    seen: Snapshot,
    before: Snapshot,
    limit: int,
    just_told: Container[str],
    look: Callable[[], Snapshot],
) -> Snapshot:
    """What was `seen`; or another look, if that shows what lists had shown for long and the first look lacks. That a
    list left it out is noted as a lapse.

    `just_told`: ids of orders that a cancel-all has told as canceled since lists were asked for last.
    """
    listed = account.settled.ids(seen.lacks_of(before), seen.exchanges[0].sent_at)
    if not listed:
        return seen
    again = look()
    pages = ((id, exchange) for exchange in again.exchanges for id in _listed_by(exchange))
    back, shown_by = next(((id, exchange) for id, exchange in pages if id in listed), (None, None))
    if back is None or shown_by is None:
        return again if listed & again.orders.keys() else seen  # a list of one second told: the page was charged for it
    number = _page_due(before.orders[back], seen, limit)
    lists = seen.exchanges[number], shown_by
    page = Listing(Query(limit=limit), tuple(_listed_by(lists[0]).values()))
    broken = "cancel.visible" if back in just_told else "list.page-walk" if number else None
    if page.lacks_a_market([before.orders[id] for id in listed - seen.orders.keys()]):
        broken = "list.symbol-omitted"
    breach = Breach(f"{before.orders[back]} in each list without filters", "a list without it", broken, changed=GONE)
    account.observations.lapse(of_lapse(Query(limit=limit), breach), breach, *lists)
    return again


def _listed_by(exchange: Exchange) -> Mapping[str, Order]:
    """The orders that this page itself shows, in its order."""
    return _listed_in(exchange.response_body)


@lru_cache(_REMEMBERED)
def _listed_in(body: str) -> Mapping[str, Order]:
    document = decoded(body)
    orders = (read(record).order for record in document) if isinstance(document, list) else ()
    return {order.id: order for order in orders if order is not None}


def _page_due(order: Order, seen: Snapshot, limit: int) -> int:
    """The number of the first page that has to show it: one that has room, or shows what is older."""
    for number, exchange in enumerate(seen.exchanges):
        shown = _listed_by(exchange).values()
        if len(shown) < limit or min(each.created_at for each in shown) < order.created_at:
            return number
    return len(seen.exchanges) - 1


def with_lists(
    breaches: Iterable[Breach], before: Sequence[Snapshot], between: Sequence[Exchange], after: Sequence[Snapshot]
) -> list[Breach]:
    """The breaches, each with what shows it, unless it has that already: the requests `between` the looks, and of each
    look the list about the order that the breach tells of.
    """
    breaches, found = list(breaches), []
    named = _named(order for look in (*before, *after) for order in look.orders.values()) if breaches else []
    for breach in breaches:
        order = None if breach.exchanges else _told_of(breach, named)
        lists = [[exchange for look in looks for exchange in lists_about(order, look)] for looks in (before, after)]
        found.append(breach._replace(exchanges=breach.exchanges or (*lists[0], *between, *lists[1])))
    return found


def told_of(breach: Breach, orders: Iterable[Order]) -> Order | None:
    """The one of these orders that the breach tells of, if lists tell what it is."""
    return _told_of(breach, _named(orders))


def _named(orders: Iterable[Order]) -> list[tuple[str, Order]]:
    """The orders, each with the words that tell of it."""
    return [(f"{each}", each) for each in orders if not isinstance(each, LackingOrder)]


def _told_of(breach: Breach, named: Iterable[tuple[str, Order]]) -> Order | None:
    words = f"{breach.want} {breach.got}"
    return next((order for name, order in named if name in words), None)


def lists_about(order: Order | None, seen: Snapshot) -> Sequence[Exchange]:
    """The list of a look that shows this order, or would have to show it; the first one, where there is no order."""
    if order is None or len(seen.exchanges) < 2:
        return seen.exchanges[:1]
    showing = (exchange for exchange in seen.exchanges if order.id in _listed_by(exchange))
    return [next(showing, seen.exchanges[_page_due(order, seen, MAX_LIMIT)])]


def judge_succession(account: Account, before: Snapshot, seen: Snapshot, pending: Set[str]) -> None:
    """Judge in passing what became of each order since it was last seen; not of those whose cancel is `pending`.

    What is new and known by its id is no former order under another one.
    """
    if known := {id for id in seen.orders.keys() - before.orders.keys() if account.owns(seen.orders[id])}:
        seen = replace(seen, orders={id: order for id, order in seen.orders.items() if id not in known})
    if pending:
        told = {id: order for id, order in before.orders.items() if id not in pending}
        before = replace(before, orders=told)
    judgement = SUCCESSION.judge(before, seen)
    account.observations.count(judgement.saw)
    for breach in with_lists(judgement.breaches, [before], (), [seen]):
        account.observations.report([breach])
