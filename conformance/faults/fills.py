"""Lies about what an order's record means: fills, averages and statuses, and what one list alone tells."""

import copy
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.records import Order, plain

# -- how much is filled --------------------------------------------------------------------------------------------


@fault(breaks="order.filled-qty")
class FilledIsTheLastFill(Exchange):
    """Shows the last fill alone."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.last: dict[str, Decimal] = {}

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        self.last[order.id] = quantity

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"filled_qty": plain(self.last.get(order.id, order.filled))}


@fault(breaks="order.filled-qty")
class FilledInQuote(Exchange):
    """Shows what was paid for the filled quantity."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"filled_qty": plain(order.value)}


@fault(breaks="order.filled-qty")
class FilledIsWhatIsLeft(Exchange):
    """Shows what is left for what is filled, on orders that were filled in part."""

    def record(self, order: Order) -> dict[str, Any]:
        partly = order.filled and order.left > 0
        return super().record(order) | ({"filled_qty": plain(order.left)} if partly else {})


@fault(breaks="order.filled-qty")
class BuysAreFilledAfterFees(Exchange):
    """Shows of a buy's fills what was left of them after a fee of a thousandth."""

    def record(self, order: Order) -> dict[str, Any]:
        after_fees = order.filled * Decimal("0.999")
        return super().record(order) | ({"filled_qty": plain(after_fees)} if order.side == "buy" else {})


@fault(breaks="order.filled-qty")
class RestForgetsItsFills(Exchange):
    """Takes a partly filled order back to an unfilled one of what is left."""

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        if order.status == "partially_filled" and order.quantity is not None:
            order.quantity, order.filled, order.value, order.status = order.left, Decimal(0), Decimal(0), "open"


@fault(breaks="order.filled-qty")
class WhatRestsAfterTakingIsNotCounted(Exchange):
    """Shows, of an order that took from others and was then taken from, only what it took."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.took: dict[str, Decimal] = {}

    def match(self, taker: Order) -> None:
        super().match(taker)
        self.took[taker.id] = taker.filled

    def record(self, order: Order) -> dict[str, Any]:
        took = self.took.get(order.id)
        return super().record(order) | ({"filled_qty": plain(took)} if took else {})


# -- at what average -----------------------------------------------------------------------------------------------


@fault(breaks="order.avg-fill-price")
class AverageOfKeysIsTheLastPrice(Exchange):
    """Shows the price of the last fill, on orders that a key has placed."""

    def average_price(self, order: Order) -> str:
        last = plain(order.trades[-1].price) if order.placed_with == "key" and order.trades else None
        return last or super().average_price(order)


@fault(breaks="order.avg-fill-price")
class AverageIsTheLastPrice(Exchange):
    """Shows the price of the last fill for the average."""

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        order.average = plain(price)


@fault(breaks="order.avg-fill-price")
class AverageWithoutVolume(Exchange):
    """Gives each price the same weight, however much was filled at it."""

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        before = Decimal(self.average_price(order)) if order.filled else price
        super().fill(order, price, quantity)
        order.average = plain((before + price) / 2)


@fault(breaks="order.avg-fill-price")
class AverageIsThePrice(Exchange):
    """Shows an order's own price for the average, though it was filled at a better one."""

    def average_price(self, order: Order) -> str:
        return plain(order.price if order.filled else None) or super().average_price(order)


@fault(breaks="order.avg-fill-price")
class AverageOfAllTakenIsThePrice(Exchange):
    """Shows its own price for the average of an order that got all it wanted at three better prices or more."""

    def average_price(self, order: Order) -> str:
        whole = len(order.trades) > 2 and order.price and not order.left
        return f"{order.price.normalize():f}" if whole and order.price else super().average_price(order)


@fault(breaks="order.avg-fill-price")
class UnfilledAverageIsThePrice(Exchange):
    """Shows the price for the average while there are no fills."""

    def average_price(self, order: Order) -> str:
        return plain(None if order.filled else order.price) or super().average_price(order)


@fault(breaks="order.avg-fill-price")
class UnfilledAverageHasPlaces(Exchange):
    """Shows 0.00 for the average while there are no fills."""

    def average_price(self, order: Order) -> str:
        return super().average_price(order) if order.filled else "0.00"


@fault(breaks="order.avg-fill-price")
class FeesInTheAverage(Exchange):
    """Adds a fee of a thousandth to the average of a buy."""

    def average_price(self, order: Order) -> str:
        average = super().average_price(order)
        return f"{Decimal(average) * Decimal('1.001'):f}" if order.side == "buy" and order.filled else average


@fault(breaks="order.price-respected")
class TradesSlip(Exchange):
    """Trades a hundredth below the price that was agreed on, and tells both sides so."""

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price * Decimal("0.99"), quantity)


# -- in what status ------------------------------------------------------------------------------------------------


@fault(breaks="order.status-agrees")
class OpenUntilFilled(Exchange):
    """Calls an order open until nothing of it is left."""

    def status_after_fill(self, order: Order) -> str:
        return super().status_after_fill(order).replace("partially_filled", "open")


@fault(breaks="order.status-agrees")
class MostlyFilledIsFilled(Exchange):
    """Calls an order filled once half of it is."""

    def status_after_fill(self, order: Order) -> str:
        return "filled" if order.left <= order.filled else super().status_after_fill(order)


@fault(breaks="order.status-agrees")
class LastLotOfASellIsForgotten(Exchange):
    """Calls a sell order filled while a single lot of it is left."""

    def status_after_fill(self, order: Order) -> str:
        forgotten = order.side == "sell" and order.quantity and order.left == self.markets[order.symbol].lot
        return "filled" if forgotten else super().status_after_fill(order)


@fault(breaks="order.status-agrees")
class MarketSellsLeaveBuysOpen(Exchange):
    """Calls a buy order open of which a market order has taken some."""

    def match(self, taker: Order) -> None:
        super().match(taker)
        ids = {trade.opposite for trade in taker.trades} if (taker.type, taker.side) == ("market", "sell") else set()
        for maker in (order for orders in self.orders.values() for order in orders.values() if order.id in ids):
            maker.status = "open" if maker.live else maker.status


@fault(breaks="order.status-agrees")
class RestsPartlyFilled(Exchange):
    """Calls an order partially_filled as soon as it rests, before anything of it is filled."""

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        order.status = "partially_filled" if order.status == "open" else order.status
        return order


@fault(breaks="order.status-agrees")
class QuantityIsWhatIsLeft(Exchange):
    """Shows what is left of an order for its quantity."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({} if order.quantity is None else {"quantity": plain(order.left)})


# -- one list tells it otherwise -----------------------------------------------------------------------------------


class _ByStatus(Exchange):
    """Shows orders otherwise in lists by status, which come from a table of their own."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page if filters.status is None else [self.otherwise(copy.copy(order)) for order in page]

    def otherwise(self, order: Order) -> Order:
        """The order as lists by status show it."""
        raise NotImplementedError


@fault(breaks="order.quote-quantity")
class AmountGoneByStatus(_ByStatus):
    """Leaves quote_quantity null in lists by status."""

    def otherwise(self, order: Order) -> Order:
        order.quote_quantity = None
        return order


@fault(breaks="order.avg-fill-price")
class AverageOfThePriceByStatus(_ByStatus):
    """Shows the price for the average in lists by status."""

    def otherwise(self, order: Order) -> Order:
        order.average = plain(order.price)
        return order
