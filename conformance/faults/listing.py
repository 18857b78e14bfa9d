"""Lies about lists: whose orders they show, and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order

# -- whose orders --------------------------------------------------------------------------------------------------


@fault(breaks="list.own-only")
class ListsEverybody(Exchange):
    """Shows the orders of all accounts."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return _everybodys(self)


@fault(breaks="list.own-only")
class MarketIsPublic(Exchange):
    """Shows everybody's orders in a market that is named."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        return super().candidates(account, filters) if filters.symbol is None else _everybodys(self)


@fault(breaks="list.own-only")
class WindowIsPublic(Exchange):
    """Shows everybody's orders between a start and an end, where both are given."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        whole = filters.start is None or filters.end is None
        return super().candidates(account, filters) if whole else _everybodys(self)


@fault(breaks="list.own-only")
class RejectedBelongToNobody(Exchange):
    """Shows everybody's rejected orders, since no book ever held them."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for order in _everybodys(self) if order.account == account or order.status == "rejected"]


@fault(breaks="list.own-only")
class FillsShortPagesUp(Exchange):
    """Fills a page that is not full with orders of others."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        own = super().listed(account, filters, limit)
        others = [order for order in _everybodys(self) if order.account != account and self.passes(order, filters)]
        return self.in_order(own + others[: self.page_size(limit) - len(own)])


@fault(breaks="list.own-only")
class PageOfWhoeverAskedLast(Exchange):
    """Answers a query that another account has just sent with the page that it was shown."""

    asked: tuple[Filters, int | None] | None = None
    asker: str = ""
    answered: Sequence[Order] = ()

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if self.asked != (filters, limit) or self.asker == account:
            self.answered = super().listed(account, filters, limit)
        self.asked, self.asker = (filters, limit), account
        return list(self.answered)


# -- newest first --------------------------------------------------------------------------------------------------


@fault(breaks="list.newest-first")
class OldestFirst(Exchange):
    """Shows the oldest orders first."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return super().in_order(orders)[::-1]


@fault(breaks="list.newest-first")
class OldestFirstOnThePage(Exchange):
    """Shows the newest orders, the oldest of them on top."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return super().page(orders, limit)[::-1]


@fault(breaks="list.newest-first")
class OldestFirstFromStart(Exchange):
    """Counts upwards from a start that is given without an end."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if filters.start is None or filters.end is not None:
            return super().listed(account, filters, limit)
        return self.page(super().listed(account, filters, 200)[::-1], limit)


@fault(breaks="list.newest-first")
class LatestUpdateFirst(Exchange):
    """Orders by updated_at."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: -order.updated_at)


# alpacahq/user-docs#16
@fault(breaks="list.end")
class PartlyFilledByTheirLastFill(Exchange):
    """Holds the window against the last fill of orders that are partly filled, in lists of that status."""

    def passes(self, order: Order, filters: Filters) -> bool:
        if filters.status == order.status:
            order = replace(order, created_at=_filed_at(order))
        return super().passes(order, filters)


@fault(breaks="list.newest-first")
class LastEnteredFirst(Exchange):
    """Orders by when a record reached the exchange, though created_at may say otherwise."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: -order.serial)


@fault(breaks="list.newest-first")
class NewestMinuteFirst(Exchange):
    """Orders by the minute, and shows within each the oldest first."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: (-(order.created_at // 60), order.created_at))


@fault(breaks="list.newest-first")
class MarketByMarket(Exchange):
    """Shows one market after the other, each newest first."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(super().in_order(orders), key=lambda order: order.symbol)


@fault(breaks="list.newest-first")
class SortsTheFirstHundred(Exchange):
    """Sorts a hundred orders of a page, and leaves those behind them the wrong way round."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        page = super().page(orders, limit)
        return page[:100] + page[100:][::-1]


def _everybodys(exchange: Exchange) -> list[Order]:
    return [order for orders in exchange.orders.values() for order in orders.values()]


# -- all that was placed -------------------------------------------------------------------------------------------


@fault(breaks="list.limit-default")
class MarketOrdersAreNotListed(Exchange):
    """Shows no order in any list that was placed at market price."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [each for each in super().visible_to(account) if each.type == "limit" or each.placed_with is None]


@fault(breaks="list.limit-default")
class ExpiredSellsOfAMonthAreNotListed(Exchange):
    """Shows no expired sell in any list that is more than a month old and less than half a year."""

    def visible_to(self, account: str) -> Iterable[Order]:
        now = self.clock.now()

        def is_lost(order: Order) -> bool:
            days = (now - order.created_at) / 86_400
            return order.status == "expired" and order.side == "sell" and 28 < days < 140

        return [order for order in super().visible_to(account) if not is_lost(order)]


def _filed_at(order: Order) -> int:
    traded = order.status == "partially_filled" and any(trade.opposite for trade in order.trades)
    return order.updated_at if traded else order.created_at
