"""Lies that lists tell now and then.

Where a report of the kind is public, the class cites it by repository and number.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order


class _NowAndThen(Exchange):
    """Leaves the newest order out of one list in `every`."""

    every = 20
    times = 10**9

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.number = itertools.count(1)
        self.left_out: Counter[str] = Counter()

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        page = super().page(orders, limit)
        number = next(self.number)
        if number % self.every or not self.is_due(page):
            return page
        self.left_out["lists"] += 1
        return page[1:]

    def is_due(self, page: Iterable[Order]) -> bool:
        """Whether this list may lie."""
        return self.left_out["lists"] < self.times


# BitMEX/api-connectors#419
@fault(breaks="list.limit-exact")
class OneListInTwentyLacksOne(_NowAndThen):
    """Leaves the newest order out of one list in twenty."""


@fault(breaks="list.limit-exact")
class OneListInAHundredLacksOne(_NowAndThen):
    """Leaves the newest order out of one list in a hundred."""

    every = 100


# binance/binance-api-postman#102
@fault(breaks="list.symbol-omitted")
class EveryFortiethListLacksAMarket(Exchange):
    """Leaves the last market out of every 40th list without a symbol, as where a shard does not answer in time."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.number = itertools.count(1)

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = super().candidates(account, filters)
        if filters.symbol is not None or next(self.number) % 40:
            return orders
        *_, last = self.markets
        return [order for order in orders if order.symbol != last]


@fault(breaks="list.limit-exact")
class OneListEverLacksOne(_NowAndThen):
    """Leaves the newest order out of one list without filters, once, when 200 such lists have been answered."""

    every = 200
    times = 1

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return super().page(orders, limit) if self.plain else Exchange.page(self, orders, limit)

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self.plain = filters == Filters()
        return super().listed(account, filters, limit)
