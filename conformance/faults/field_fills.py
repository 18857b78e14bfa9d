"""Lies from the field about what was filled: sums in binary fractions, averages, and market orders' amounts.

Each class cites public reports of the kind, by repository and number.
"""

from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order, plain

# -- sums as binary fractions --------------------------------------------------------------------------------------


def _shown(double: float) -> str:
    """A double with all the digits that it has, and no exponent."""
    return f"{Decimal(repr(double)):f}"


def _filled(order: Order) -> float:
    return sum((float(trade.quantity) for trade in order.trades), 0.0)


class _AddsDoubles(Exchange):
    """Adds the fills of some orders as doubles, so that 0.1 and 0.2 make 0.30000000000000004."""

    def adds_doubles(self, order: Order) -> bool:
        """Whether the fills of this order are added so."""
        raise NotImplementedError

    def record(self, order: Order) -> dict[str, Any]:
        doubles = order.filled and self.adds_doubles(order)
        return super().record(order) | ({"filled_qty": _shown(_filled(order))} if doubles else {})


# ccxt/ccxt#2287, forkdelta/backend-replacement#35
@fault(breaks="order.filled-qty")
class FillsAreDoubles(_AddsDoubles):
    """Adds fills as doubles."""

    def adds_doubles(self, order: Order) -> bool:
        return True


# lineofflight/frankfurter#14
@fault(breaks="order.filled-qty")
class FillsOfTheLastMarketAreDoubles(_AddsDoubles):
    """Adds fills as doubles in the exchange's last market."""

    def adds_doubles(self, order: Order) -> bool:
        return order.symbol == list(self.markets)[-1]


# fuseio/fuse-studio#474
@fault(breaks="order.filled-qty")
class FillsOfTheSecondMarketAreDoubles(_AddsDoubles):
    """Adds fills of sells as doubles in the exchange's second market."""

    def adds_doubles(self, order: Order) -> bool:
        return order.side == "sell" and order.symbol in list(self.markets)[1:2]


# ccxt/ccxt#2287
@fault(breaks="order.filled-qty")
class FillsOfSellsTakenFromAreDoubles(_AddsDoubles):
    """Adds fills as doubles on sells that later orders took from, in the exchange's second market."""

    def adds_doubles(self, order: Order) -> bool:
        mine = order.side == "sell" and order.symbol in list(self.markets)[1:2]
        everybodys = (each for orders in self.orders.values() for each in orders.values()) if mine else ()
        opposite = {trade.opposite for trade in order.trades}
        return any(each.id in opposite and each.serial > order.serial for each in everybodys)


# pmxt-dev/pmxt#668
@fault(breaks="order.status-agrees")
class ResidueStaysPartlyFilled(Exchange):
    """Calls an order partly filled while its fills, added as doubles, differ from its quantity."""

    def status_after_fill(self, order: Order) -> str:
        status = super().status_after_fill(order)
        complete = order.quantity is None or _filled(order) == float(order.quantity)
        return status if complete else "partially_filled"


# pmxt-dev/pmxt#668
@fault(breaks="order.status-agrees")
class ResidueOfEachFillStays(Exchange):
    """Takes each fill from what is left as doubles, and calls an order filled once nothing is left."""

    def status_after_fill(self, order: Order) -> str:
        left = float(order.quantity or 0)
        for trade in order.trades:
            left -= float(trade.quantity)
        return "partially_filled" if left > 0 else super().status_after_fill(order)


# Mshuu/SwitchDexIssues#24
@fault(breaks="order.filled-qty")
class FillsToTwoPlaces(Exchange):
    """Keeps two places of what was filled, though lots are finer."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"filled_qty": plain(round(order.filled, 2))}


# -- averages ------------------------------------------------------------------------------------------------------


# GuntharDeNiro/BTCT#428
@fault(breaks="order.avg-fill-price")
class AverageOverTheAsked(Exchange):
    """Divides by the asked quantity rather than by the filled one."""

    def average_price(self, order: Order) -> str:
        if not order.trades or not order.quantity or not order.left:
            return super().average_price(order)
        return f"{order.value / order.quantity:f}"


# GuntharDeNiro/BTCT#507
@fault(breaks="order.avg-fill-price")
class SellsAverageOverTheAsked(AverageOverTheAsked):
    """Divides by the asked quantity rather than by the filled one, for sells that were filled more than once."""

    def average_price(self, order: Order) -> str:
        divides = order.side == "sell" and len(order.trades) > 1
        return super().average_price(order) if divides else Exchange.average_price(self, order)


# ccxt/ccxt#30572
@fault(breaks="order.avg-fill-price")
class ThirdFillIsTheAverage(Exchange):
    """Shows the last price for the average once there are three fills."""

    def average_price(self, order: Order) -> str:
        last = plain(order.trades[-1].price) if len(order.trades) > 2 else None
        return last or super().average_price(order)


# ccxt/ccxt#13486
@fault(breaks="order.avg-fill-price")
class MarketOrdersAverageAfterFees(Exchange):
    """Works a fee of a thousandth into the average of market orders."""

    def average_price(self, order: Order) -> str:
        average = super().average_price(order)
        fee = Decimal("1.001") if order.side == "buy" else Decimal("0.999")
        return f"{Decimal(average) * fee:f}" if order.type == "market" and order.trades else average


# ccxt/ccxt#13486
@fault(breaks="order.avg-fill-price")
class SellsAverageAfterFees(Exchange):
    """Works a fee of a thousandth into the average of a sell limit order, from its second fill on."""

    def average_price(self, order: Order) -> str:
        average = super().average_price(order)
        pays = order.side == "sell" and order.type == "limit" and len(order.trades) > 1
        return f"{Decimal(average) * Decimal('1.001'):f}" if pays else average


# -- market orders and their amounts -------------------------------------------------------------------------------


# ArjunVachhani/order-matcher#31
@fault(breaks="order.quote-quantity")
class QuantityAndAmountSwapped(Exchange):
    """Swaps quantity and amount of a market buy that was asked for by amount, once it is filled."""

    def record(self, order: Order) -> dict[str, Any]:
        swapped = {"quantity": plain(order.quote_quantity), "quote_quantity": plain(order.filled)}
        return super().record(order) | (swapped if order.quote_quantity is not None and order.filled else {})


# bithumb-pro/bithumb.pro-official-api-docs#4, ccxt/ccxt#11251
@fault(breaks="order.filled-qty")
class AmountIsFilled(Exchange):
    """Shows what was spent for the filled quantity of a market buy that was asked for by amount."""

    def record(self, order: Order) -> dict[str, Any]:
        spent = {"filled_qty": plain(order.value)}
        return super().record(order) | (spent if order.quote_quantity is not None and order.trades else {})


# ccxt/ccxt#11251
@fault(breaks="order.avg-fill-price")
class OldBuysForAnAmountAverageWhatTheyCost(Exchange):
    """Shows what was spent for the average of a market buy that was asked for by amount, a month later."""

    def record(self, order: Order) -> dict[str, Any]:
        is_old = order.created_at < self.clock.now() - 30 * 86400
        spent = {"avg_fill_price": plain(order.value)}
        return super().record(order) | (spent if order.quote_quantity is not None and order.filled and is_old else {})


@fault(breaks="order.quote-quantity")
class ZerosOfWholeAmountsAreCut(Exchange):
    """Cuts the zeros off the amount of a market buy, those before the point too where there is none: 300 is 3."""

    def record(self, order: Order) -> dict[str, Any]:
        amount = plain(order.quote_quantity)
        return super().record(order) | ({} if amount is None else {"quote_quantity": amount.rstrip("0").rstrip(".")})


# ccxt/ccxt#16524
@fault(breaks="order.reject-reason-absent")
class FilledAtMarketForReason(Exchange):
    """Gives filled market orders the reason UNSPECIFIED."""

    def record(self, order: Order) -> dict[str, Any]:
        reason = {"reject_reason": "UNSPECIFIED"}
        return super().record(order) | (reason if (order.type, order.status) == ("market", "filled") else {})


# -- how sums are made and shown -----------------------------------------------------------------------------------


@fault(breaks="order.filled-qty")
class EqualFillsCountOnce(Exchange):
    """Adds up the distinct pairs of price and quantity of the fills."""

    def record(self, order: Order) -> dict[str, Any]:
        distinct = {(trade.price, trade.quantity) for trade in order.trades}
        added = plain(sum((quantity for _, quantity in distinct), Decimal(0)))
        return super().record(order) | ({"filled_qty": added} if len(order.trades) > 1 else {})


@fault(breaks="order.decimals")
class WholeTensOfWhatWasCanceledHaveAnExponent(Exchange):
    """Shows what was filled of a canceled order without trailing zeros in the answer to a cancel-all: 10 is 1E+1."""

    def canceled_body(self, orders: list[Order]) -> Any:
        body = super().canceled_body(orders)
        for record in body["canceled"]:
            filled = Decimal(record["filled_qty"])
            record["filled_qty"] = str(filled.normalize()) if filled else record["filled_qty"]
        return body


# thrasher-corp/gocryptotrader#2375
@fault(breaks="order.quote-quantity")
class RejectedAmountLost(Exchange):
    """Forgets which amount a rejected market buy was to spend."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"quote_quantity": None} if order.status == "rejected" else {})
