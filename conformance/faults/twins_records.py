"""Conforming twins: orders that are written, numbered or ended in another way."""

import dataclasses
import itertools
from decimal import ROUND_DOWN, Decimal
from typing import Any

from conformance.faults import twin
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order

_AMOUNTS = ("price", "quantity", "quote_quantity", "filled_qty", "avg_fill_price")


class _Spells(Exchange):
    """Writes amounts in another way, all but null and the average of no fills."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        amounts = {name: Decimal(record[name]) for name in _AMOUNTS if record[name] not in (None, "0")}
        return record | {name: self.spelled(amount) for name, amount in amounts.items()}

    def spelled(self, amount: Decimal) -> str:
        """The amount as it is written."""
        raise NotImplementedError


@twin()
class EightDecimals(_Spells):
    """Writes every amount with eight decimals."""

    def spelled(self, amount: Decimal) -> str:
        return f"{amount:.8f}"


@twin()
class NoTrailingZeros(_Spells):
    """Writes every amount without zeros at its end."""

    def spelled(self, amount: Decimal) -> str:
        return f"{amount.normalize():f}"


@twin()
class AverageToFourDecimals(Exchange):
    """Rounds averages to four decimals."""

    def average_price(self, order: Order) -> str:
        return f"{order.value / order.filled:.4f}" if order.filled else "0"


@twin()
class AverageCutAtEightDecimals(Exchange):
    """Cuts averages off behind the eighth decimal."""

    def average_price(self, order: Order) -> str:
        places = Decimal("0.00000001")
        return f"{(order.value / order.filled).quantize(places, ROUND_DOWN):f}" if order.filled else "0"


@twin()
class NumericIds(Exchange):
    """Numbers its orders, and writes the number as a string."""

    def __init__(self, *parts: Any) -> None:
        self.ids = itertools.count(48_211_000)  # before: another twin may have orders from the beginning
        super().__init__(*parts)

    def enter(self, order: Order) -> None:
        order.id = str(next(self.ids))
        super().enter(order)


@twin()
class IdsOfEachAccount(Exchange):
    """Numbers the orders of each account from one on, so that two accounts have orders with the same id."""

    def enter(self, order: Order) -> None:
        order.id = str(len(self.orders[order.account]) + 1)
        super().enter(order)


@twin()
class FurtherFields(Exchange):
    """Adds fields to orders and to the envelope, nested ones too."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"client_id": None, "fees": [{"asset": "DF", "amount": "0"}], "post_only": False}

    def canceled_body(self, orders: list[Order]) -> Any:
        return {**super().canceled_body(orders), "failed": [], "took": {"ms": 3}}


@twin(silence="expired")
class ExpiredWithReason(Exchange):
    """Says of an expired order why it has expired."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return record | {"reject_reason": "TIME_IN_FORCE"} if order.status == "expired" else record


@twin(silence="expired")
class RemainderIsCanceled(Exchange):
    """Cancels what is left of an order that may not rest, where others let it expire."""

    def status_of_remainder(self, order: Order) -> str:
        return "canceled"


@twin(silence="placing")
class TradesWithOneself(Exchange):
    """Lets two orders of one account trade with each other."""

    def crosses(self, taker: Order, maker: Order) -> bool:
        return super().crosses(dataclasses.replace(taker, account=""), maker)


@twin(silence="one-id-two-histories")
class InjectedGetNewIds(Exchange):
    """Numbers injected orders anew, in each account from one on, so that one order can be put in twice."""

    def inject(self, order: Order) -> None:
        order.id = f"00000000-0000-4000-8000-{len(self.orders[order.account]):012}"
        super().inject(order)
