"""Looking at the accounts while they are under load, and once all is over."""

import time
from collections.abc import Collection, Iterable, Mapping

from conformance.account.account import Account
from conformance.account.answers import Page
from conformance.evidence import Exchange
from conformance.oracle.ledger import Seen, Sighting
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import STATUSES, Looks, Order, Query

_PAGES = 400  # of one market and status: more than any overload places orders for


class Sightings:
    """What lists have shown of the orders of one account in between: when live for the last time, when canceled for the
    first. `lag_s`: how long they may be behind.
    """

    def __init__(self, account: Account, lag_s: float) -> None:
        self.known: dict[str, Sighting] = {}
        self._account = account
        self._lag_s = lag_s

    def look(self, status: str, symbol: str | None = None) -> list[Order]:
        """The newest orders of this status, of one market or of all. Raises as `Account.look` does."""
        asked_at = time.monotonic()
        page = self._account.look(Query(symbol=symbol, status=status, limit=MAX_LIMIT))
        for order in page.orders:
            before = self.known.get(order.id, Sighting())
            if order.live:
                self.known[order.id] = before._replace(live_at=asked_at - self._lag_s)
            elif order.status == "canceled":
                came_at = time.monotonic()
                self.known[order.id] = before._replace(canceled_at=min(before.canceled_at, came_at))
        return list(page.orders)


def walk(
    account: Account,
    markets: Iterable[str],
    before: Mapping[str, Order],
    ids: Collection[str],
    looks: Collection[Looks],
) -> Seen:
    """All orders of the account that are ours, market by market and status by status, since a second may have more than
    a list shows: those with these `ids`, and those of these `looks` that are new. `before`: the newest ones of before.

    Raises as `Account.look` does.
    """
    begun = max((order.created_at for order in before.values()), default=0)

    def is_ours(order: Order) -> bool:
        return order.id in ids or (order.looks in looks and order.id not in before and order.created_at >= begun)

    foreign: set[str] = set()
    orders: dict[str, Order] = {}
    hidden: set[str] = set()
    exchanges: list[Exchange] = []
    for symbol in markets:
        for status in STATUSES:
            end: int | None = None
            for _ in range(_PAGES):
                page = account.look(Query(symbol=symbol, status=status, end=end, limit=MAX_LIMIT))
                exchanges += [page.exchange][: 1 if len(exchanges) < len(STATUSES) else 0]
                ours = [order for order in page.orders if is_ours(order)]
                fresh = [order for order in ours if order.id not in orders]
                orders.update((order.id, order) for order in fresh)
                others = (order.id for order in page.orders if order.created_at > begun and not is_ours(order))
                foreign.update(id for id in others if id not in before)
                if len(page) < MAX_LIMIT or not ours:
                    break
                oldest = min(order.created_at for order in page.orders)
                if _is_of_one_second(page):
                    hidden.add(symbol)
                    oldest -= 1
                end = oldest
    return Seen(orders, before=before, hidden=frozenset(hidden), foreign=len(foreign), exchanges=tuple(exchanges))


def _is_of_one_second(page: Page) -> bool:
    """Whether a full page is of one second, of which there may be more."""
    seconds = {order.created_at for order in page.orders}
    return len(seconds) == 1
