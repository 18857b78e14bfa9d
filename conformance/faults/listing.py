"""Lies about lists."""

from collections.abc import Iterable, Sequence

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order


@fault(breaks="list.newest-first")
class OldestFirst(Exchange):
    """Shows the oldest orders first."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return super().in_order(orders)[::-1]


@fault(breaks="list.newest-first")
class LatestUpdateFirst(Exchange):
    """Orders by updated_at."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: -order.updated_at)


@fault(breaks="list.limit-default")
class DefaultLimitOneHundred(Exchange):
    """Shows 100 orders unless told."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(100 if limit is None else limit)


@fault(breaks="list.limit-exact")
class LimitOneShort(Exchange):
    """Shows one order less than it was asked for."""

    def page_size(self, limit: int | None) -> int:
        size = super().page_size(limit)
        return size if limit is None else max(1, size - 1)


@fault(breaks="list.limit-max")
class LimitUnbounded(Exchange):
    """Honours any limit."""

    def page_size(self, limit: int | None) -> int:
        return 50 if limit is None else max(1, limit)


@fault(breaks="list.limit-max")
class LimitAboveMaximumIsDefault(Exchange):
    """Takes a limit above 200 for none at all."""

    def page_size(self, limit: int | None) -> int:
        return 50 if limit is None or limit > 200 else max(1, limit)


@fault(breaks="list.safe")
class ReadingUpdates(Exchange):
    """Takes every look at an order for a change of it."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in page:
            order.updated_at += 1
        return page


@fault(breaks="list.own-only")
class ListsEverybody(Exchange):
    """Shows the orders of all accounts."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for orders in self.orders.values() for order in orders.values()]
