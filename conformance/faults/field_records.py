"""Lies from the field about how a record is written, and what a canceled order looks like.

Each class cites public reports of the kind, by repository and number.
"""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order, plain

# -- how amounts and ids are spelled -------------------------------------------------------------------------------


# JKorf/BingX.Net#22
@fault(breaks="order.decimals")
class AverageOfSeveralIsNumber(Exchange):
    """Shows a JSON number for the average of two fills or more, and a string for others."""

    def record(self, order: Order) -> dict[str, Any]:
        average = {"avg_fill_price": float(self.average_price(order))}
        return super().record(order) | (average if len(order.trades) > 1 else {})


# forkdelta/backend-replacement#35
@fault(breaks="order.decimals")
class SmallFillsInExponents(Exchange):
    """Writes a filled quantity below a hundredth as 5E-3."""

    def record(self, order: Order) -> dict[str, Any]:
        small = 0 < order.filled < Decimal("0.01")
        return super().record(order) | ({"filled_qty": f"{order.filled.normalize():E}"} if small else {})


# ccxt/ccxt#16524
@fault(breaks="order.reject-reason-absent")
class WhatWasForAMomentHasAReason(Exchange):
    """Shows a reason on immediate-or-cancel orders of which the rest was canceled."""

    def record(self, order: Order) -> dict[str, Any]:
        cut_off = order.tif == "ioc" and order.status == "canceled" and order.filled
        return super().record(order) | ({"reject_reason": "NO_LIQUIDITY"} if cut_off else {})


@fault(breaks="order.reject-reason")
class ReasonsFade(Exchange):
    """Keeps the reason of a rejected order for two seconds, and shows null from then on."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.kept_until: dict[str, float] = {}

    def record(self, order: Order) -> dict[str, Any]:
        until = self.kept_until.setdefault(order.id, time.monotonic() + 2)
        faded = order.status == "rejected" and time.monotonic() > until
        return super().record(order) | ({"reject_reason": None} if faded else {})


@fault(breaks="order.timestamps")
class FillOrKillInMilliseconds(Exchange):
    """Shows fill-or-kill orders that were killed in milliseconds."""

    def record(self, order: Order) -> dict[str, Any]:
        killed = order.tif == "fok" and order.status == "canceled"
        return super().record(order) | ({"updated_at": order.updated_at * 1000} if killed else {})


class _AnswersOtherwise(Exchange):
    """Writes the records of a cancel-all in another way than those of a list."""

    def told(self, order: Order) -> dict[str, Any]:
        """What differs in the answer to a cancel-all."""
        raise NotImplementedError

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": [self.record(order) | self.told(order) for order in orders]}


# binance/binance-connector-js#536, sieblyio/gateio-api#101, ccxt/ccxt#26557
@fault(breaks="order.id")
class CanceledIdsAreRounded(_AnswersOtherwise):
    """Numbers its orders beyond 2^53, and rounds their ids in the answer to a cancel-all, as JavaScript does."""

    def enter(self, order: Order) -> None:
        order.id = str(2**53 + 1 + sum(map(len, self.orders.values())))
        super().enter(order)

    def told(self, order: Order) -> dict[str, Any]:
        return {"id": str(int(float(order.id)))}


# ccxt/ccxt#9429, ccxt/ccxt#23031
@fault(breaks="order.id")
class PartlyFilledByTheEnginesId(_AnswersOtherwise):
    """Returns partly filled orders under the id that the engine has for them; lists show their own."""

    def told(self, order: Order) -> dict[str, Any]:
        return {"id": f"e-{order.serial}"} if order.filled else {}


# ccxt/ccxt#30572
@fault(breaks="cancel.keeps-average")
class CanceledAtTheLastPrice(_AnswersOtherwise):
    """Returns the last price for the average of an order with several fills; lists show the mean."""

    def told(self, order: Order) -> dict[str, Any]:
        return {"avg_fill_price": plain(order.trades[-1].price)} if len(order.trades) > 1 else {}


# binance-exchange/binance-java-api#136
@fault(breaks="order.fields")
class PartlyFilledInBrief(_AnswersOtherwise):
    """Leaves avg_fill_price and reject_reason out of what a cancel-all returns of partly filled orders."""

    def canceled_body(self, orders: list[Order]) -> Any:
        records = [(order, self.record(order)) for order in orders]
        for order, record in records:
            for name in ("avg_fill_price", "reject_reason") if order.filled else ():
                del record[name]
        return {"canceled": [record for _, record in records]}


# -- what a canceled order looks like ------------------------------------------------------------------------------


class _PartlyFilledEndAs(Exchange):
    """Gives a partly filled order another status when it is canceled."""

    ends_as: str

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.status = self.ends_as if order.filled else order.status


# ccxt/ccxt#3851, sieblyio/binance#56
@fault(breaks="cancel.status")
class CanceledAfterFillsIsFilled(_PartlyFilledEndAs):
    """Calls an order filled that was canceled after a fill."""

    ends_as = "filled"


# ccxt/ccxt#10966
@fault(breaks="cancel.status")
class CanceledAfterFillsIsExpired(_PartlyFilledEndAs):
    """Calls an order expired that was canceled after a fill."""

    ends_as = "expired"


# ccxt/ccxt#2750, ccxt/ccxt#20822
@fault(breaks="cancel.visible")
class ListsCallItFilled(Exchange):
    """Calls an order filled in lists of one market that was canceled after a fill; the cancel-all says canceled."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page if filters.symbol is None else [self.told(order) for order in page]

    def told(self, order: Order) -> Order:
        return replace(order, status="filled") if order.status == "canceled" and order.filled else order


# hitbtc-com/hitbtc-api#17
@fault(breaks="cancel.keeps-rest")
class UnfilledQuantityIsZero(Exchange):
    """Shows a quantity of 0 on a canceled sell of which nothing was filled."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.quantity = Decimal(0) if not order.filled and order.side == "sell" else order.quantity


# bitfinexcom/api_docs#12
@fault(breaks="cancel.keeps-rest")
class QuantityOfSeveralFills(_AnswersOtherwise):
    """Returns the filled quantity for the asked one, on an order with several fills; lists show the asked one."""

    def told(self, order: Order) -> dict[str, Any]:
        return {"quantity": plain(order.filled)} if len(order.trades) > 1 else {}


# huobiapi/API_Docs_en#19
@fault(breaks="cancel.keeps-fills")
class FreshFillsAreNotTold(_AnswersOtherwise):
    """Returns a filled quantity of 0 where the last fill is no more than two seconds old."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.filled_at: dict[str, int] = {}

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        self.filled_at[order.id] = self.clock.now()

    def told(self, order: Order) -> dict[str, Any]:
        fresh = self.clock.now() - self.filled_at.get(order.id, 0) <= 2
        return {"filled_qty": "0", "avg_fill_price": "0"} if fresh else {}


# hsliuping/TradingAgents-CN#645
@fault(breaks="cancel.updated-at")
class PartlyFilledInAnotherZone(Exchange):
    """Stamps the cancel of a partly filled order eight hours too early."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.updated_at -= 8 * 3600 if order.filled else 0


# hsliuping/TradingAgents-CN#645
@fault(breaks="cancel.updated-at-stable")
class CanceledListInAnotherZone(_AnswersOtherwise):
    """Returns the time of the cancel, and shows it eight hours later in lists."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.updated_at += 8 * 3600

    def told(self, order: Order) -> dict[str, Any]:
        return {"updated_at": order.updated_at - 8 * 3600}
