"""Lies about filters that forget each other, and pages that are cut before all filters were applied."""

from dataclasses import replace
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import LIVE, Order

# -- filters beside each other -------------------------------------------------------------------------------------


@fault(breaks="list.conjunctive")
class SymbolDropsTheStatus(Exchange):
    """Forgets the status beside a symbol."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, filters if filters.symbol is None else replace(filters, status=None))


@fault(breaks="list.symbol")
class SymbolInAnyCaseBesideStatus(Exchange):
    """Shows the market though its name was written in another case, beside a status."""

    def passes(self, order: Order, filters: Filters) -> bool:
        alike = filters.status and filters.symbol and filters.symbol.upper() == order.symbol.upper()
        return super().passes(order, replace(filters, symbol=order.symbol) if alike else filters)


@fault(breaks="list.conjunctive")
class PartlyFilledDropsTheSymbol(Exchange):
    """Forgets the symbol beside partially_filled, and beside no other status."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, replace(filters, symbol=None) if filters.status == LIVE[1] else filters)


@fault(breaks="list.conjunctive")
class SymbolOrStatus(Exchange):
    """Shows what has the symbol or the status, where both are given."""

    def passes(self, order: Order, filters: Filters) -> bool:
        if filters.symbol is None or filters.status is None:
            return super().passes(order, filters)
        in_market = super().passes(order, replace(filters, status=None))
        return in_market or super().passes(order, replace(filters, symbol=None))


@fault(breaks="list.conjunctive")
class StatusDropsTheStart(Exchange):
    """Forgets the start beside a status."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, filters if filters.status is None else replace(filters, start=None))


@fault(breaks="list.conjunctive")
class SymbolDropsTheEnd(Exchange):
    """Forgets the end beside a symbol."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, filters if filters.symbol is None else replace(filters, end=None))


@fault(breaks="list.conjunctive")
class EndDropsTheStart(Exchange):
    """Forgets the start beside an end."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, filters if filters.end is None else replace(filters, start=None))


@fault(breaks="list.conjunctive")
class StartDropsTheSymbol(Exchange):
    """Forgets the symbol beside a start."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, filters if filters.start is None else replace(filters, symbol=None))


@fault(breaks="list.conjunctive")
class WindowDropsTheStatus(Exchange):
    """Forgets the status between a start and an end, where both are given."""

    def passes(self, order: Order, filters: Filters) -> bool:
        whole = filters.start is not None and filters.end is not None
        return super().passes(order, replace(filters, status=None) if whole else filters)


@fault(breaks="list.conjunctive")
class ThreeFiltersFindNothing(Exchange):
    """Finds no order by symbol, status and start together."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return None in (filters.symbol, filters.status, filters.start) and super().passes(order, filters)


@fault(breaks="list.conjunctive")
class FourFiltersAreThree(Exchange):
    """Forgets the end where all four filters are given."""

    def passes(self, order: Order, filters: Filters) -> bool:
        all_four = None not in (filters.symbol, filters.status, filters.start, filters.end)
        return super().passes(order, replace(filters, end=None) if all_four else filters)


# -- filters before the limit --------------------------------------------------------------------------------------


@fault(breaks="list.limit-after-filters")
class LimitBeforeFilters(Exchange):
    """Cuts the page first, and then filters what is on it."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return [order for order in super().listed(account, Filters(), limit) if self.passes(order, filters)]


@fault(breaks="list.limit-after-filters")
class LimitBeforeStatus(Exchange):
    """Cuts the page before it looks at the status, and after all other filters."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, replace(filters, status=None), limit)
        return [order for order in page if self.passes(order, filters)]


@fault(breaks="list.limit-after-filters")
class FiltersTwiceTheLimit(Exchange):
    """Filters twice as many orders as it may show, and cuts what is left of them."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        twice = self.in_order(list(self.visible_to(account)))[: 2 * self.page_size(limit)]
        return self.page([order for order in twice if self.passes(order, filters)], limit)


@fault(breaks="order.id")
class IdsWithoutHyphens(Exchange):
    """Writes ids without hyphens where a market and a status are given."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.short = False

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self.short = filters.symbol is not None and filters.status is not None
        return super().listed(account, filters, limit)

    def list_body(self, orders: list[Order]) -> Any:
        return [self.record(order) | ({"id": order.id.replace("-", "")} if self.short else {}) for order in orders]
