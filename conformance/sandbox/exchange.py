"""The reference exchange: its rules, one small method for each decision that the documents make."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from conformance.sandbox.clock import Clock
from conformance.sandbox.records import Market, Order, Trade, plain

STATUSES = ("open", "partially_filled", "filled", "canceled", "rejected", "expired")

_AVERAGE_TO = Decimal("0.00000001")  # a quotient that does not end is rounded to as many places as most exchanges show


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is asked for; None leaves a filter out."""

    symbol: str | None = None
    status: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as it is asked for, not yet accepted."""

    symbol: str
    side: str
    type: str
    tif: str | None
    price: Decimal | None
    quantity: Decimal | None
    quote_quantity: Decimal | None = None


class Exchange:
    """Markets, accounts and their orders. One call at a time: nothing in here waits.

    `asked_with`: the credential of the call, token or key. The reference remembers it with an order, and does no more.
    """

    def __init__(self, markets: Iterable[Market], clock: Clock | None = None, seed: int | None = None) -> None:
        self.markets = {market.symbol: market for market in markets}
        self.clock = clock or Clock()
        self.rng = random.Random(seed)  # noqa: S311 - shuffles what the documents leave unordered
        self.asked_with: str | None = None
        self.orders: dict[str, dict[str, Order]] = defaultdict(dict)
        self._resting: dict[str, dict[str, Order]] = defaultdict(dict)
        self._serial = itertools.count(1)

    def take_over(self, other: "Exchange") -> None:
        """Go on with the orders of another exchange, which is not used any more."""
        self.orders, self._resting, self._serial = other.orders, other._resting, other._serial

    # -- listing ---------------------------------------------------------------------------------------------------

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        """The newest of the account's orders that pass the filters."""
        passing = [order for order in self.candidates(account, filters) if self.passes(order, filters)]
        return self.page(self.in_order(passing), limit)

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        """The orders that a list with these filters is chosen from."""
        return self.visible_to(account)

    def visible_to(self, account: str) -> Iterable[Order]:
        """The orders that the account may see."""
        return self.orders[account].values()

    def passes(self, order: Order, filters: Filters) -> bool:
        """Whether the order passes all filters."""
        return (
            (filters.symbol is None or self.in_market(order, filters.symbol))
            and (filters.status is None or self.has_status(order, filters.status))
            and (filters.start is None or self.not_before(order, filters.start))
            and (filters.end is None or self.not_after(order, filters.end))
        )

    def in_market(self, order: Order, symbol: str) -> bool:
        """The symbol filter."""
        return order.symbol == symbol

    def has_status(self, order: Order, status: str) -> bool:
        """The status filter."""
        return order.status == status

    def not_before(self, order: Order, start: int) -> bool:
        """The start filter."""
        return order.created_at >= start

    def not_after(self, order: Order, end: int) -> bool:
        """The end filter."""
        return order.created_at <= end

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        """Newest first; equal seconds in another order at each call, since none is promised."""
        chance = self.rng.random  # less than a second when halved, whatever is rounded
        return sorted(orders, key=lambda order: chance() / 2 - order.created_at)

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        """The first page of them."""
        return orders[: self.page_size(limit)]

    def page_size(self, limit: int | None) -> int:
        """50 unless told, at most 200; below range the least that there is, 1."""
        return 50 if limit is None else max(1, min(limit, 200))

    # -- canceling -------------------------------------------------------------------------------------------------

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        """Cancel the account's live orders in scope; returns them, in any order."""
        canceled = self.concerned(account, symbol)
        for order in canceled:
            self.cancel(order)
        return self.rng.sample(canceled, len(canceled))

    def cancelable(self, account: str) -> list[Order]:
        """The account's live orders."""
        return [order for order in self.orders[account].values() if order.live]

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        """The live orders that a cancel-all of this scope is about."""
        return [order for order in self.cancelable(account) if self.in_scope(order, symbol)]

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        """Whether the order is in the market that was named; in any, if none was."""
        return symbol is None or order.symbol == symbol

    def cancel(self, order: Order) -> None:
        """Take the order out of the book, for good."""
        self._end(order, "canceled")

    def cancel_one(self, account: str, id: str) -> Order | None:
        """Cancel one live order of the account; None if there is none of that id."""
        order = self.orders[account].get(id)
        if order is None or not order.live:
            return None
        self.cancel(order)
        return order

    # -- placing and matching --------------------------------------------------------------------------------------

    def place(self, account: str, ticket: Ticket) -> Order:
        """Accept an order, let it trade, and let the rest of it rest, or end."""
        now = self.clock.now()
        order = Order(
            account=account,
            symbol=ticket.symbol,
            side=ticket.side,
            type=ticket.type,
            tif=ticket.tif if ticket.type == "limit" else None,
            price=ticket.price if ticket.type == "limit" else None,
            quantity=ticket.quantity,
            quote_quantity=ticket.quote_quantity,
            created_at=now,
            updated_at=now,
            placed_with=self.asked_with,
        )
        self.enter(order)
        if reason := self.reject_reason(order):
            order.reject_reason = reason
            self._end(order, "rejected")
            return order
        if order.tif != "fok" or sum(self._tradable(order, each) for each in self._crossing(order)) >= order.left:
            self.match(order)
        if not order.live:
            return order
        if order.type == "market" or order.tif in ("ioc", "fok"):
            self._end(order, self.status_of_remainder(order))
        else:
            self._resting[order.symbol][order.id] = order
        return order

    def inject(self, order: Order) -> None:
        """Put an order into its account as it is; one that is live rests in the book."""
        self.enter(order)
        if order.live and order.type == "limit":
            self._resting[order.symbol][order.id] = order

    def enter(self, order: Order) -> None:
        """Let the order belong to its account."""
        order.serial = next(self._serial)
        self.orders[order.account][order.id] = order

    def reject_reason(self, order: Order) -> str | None:
        """Why the market does not take the order; None if it does."""
        market = self.markets.get(order.symbol)
        if market is None:
            return "UNKNOWN_MARKET"
        if order.price is not None and (order.price <= 0 or order.price % market.tick):
            return "BAD_PRICE"
        if order.quantity is not None and (order.quantity <= 0 or order.quantity % market.lot):
            return "BAD_QUANTITY"
        if order.type == "market" and not self._best(order):
            return "NO_LIQUIDITY"
        return None

    def match(self, taker: Order) -> None:
        """Trade against what rests, best price first, oldest first, at the price of what rests; never with oneself."""
        while taker.live and (maker := self._best(taker)):
            quantity = self._tradable(taker, maker)
            if quantity <= 0:
                return
            price = maker.price or Decimal(0)
            for order, opposite in ((maker, taker), (taker, maker)):
                order.trades.append(Trade(price, quantity, opposite.id))
                self.fill(order, price, quantity)
            if maker.status == "filled":
                del self._resting[maker.symbol][maker.id]

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        """Fill some of an order."""
        order.filled += quantity
        order.value += price * quantity
        order.average = None
        order.status = self.status_after_fill(order)
        order.updated_at = self.clock.now()

    def status_after_fill(self, order: Order) -> str:
        """filled once there is nothing left to fill."""
        if order.quantity is None:
            return "filled" if order.value == order.quote_quantity else "partially_filled"
        return "filled" if order.left == 0 else "partially_filled"

    def status_of_remainder(self, order: Order) -> str:
        """What becomes of an order that may not rest: the filled part stands, the rest has expired."""
        return "filled" if order.type == "market" and order.filled else "expired"

    def crosses(self, taker: Order, maker: Order) -> bool:
        """Whether the two may trade with each other."""
        if maker.side == taker.side or maker.account == taker.account or maker.price is None:
            return False
        if taker.price is None:
            return True
        return maker.price <= taker.price if taker.side == "buy" else maker.price >= taker.price

    def _crossing(self, taker: Order) -> list[Order]:
        return [maker for maker in self._resting[taker.symbol].values() if self.crosses(taker, maker)]

    def _best(self, taker: Order) -> Order | None:
        sign = 1 if taker.side == "buy" else -1
        return min(self._crossing(taker), key=lambda maker: (sign * (maker.price or 0), maker.serial), default=None)

    def _tradable(self, taker: Order, maker: Order) -> Decimal:
        if taker.quantity is not None:
            return min(taker.left, maker.left)
        lot = self.markets[taker.symbol].lot
        affordable = ((taker.quote_quantity or Decimal(0)) - taker.value) / (maker.price or Decimal(1))
        return min(affordable // lot * lot, maker.left)

    def _end(self, order: Order, status: str) -> None:
        order.status = status
        order.updated_at = self.clock.now()
        self._resting[order.symbol].pop(order.id, None)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def record(self, order: Order) -> dict[str, Any]:
        """The order as JSON, with one field more than the documents name."""
        return {
            "id": order.id,
            "symbol": order.symbol,
            "side": order.side,
            "type": order.type,
            "tif": order.tif,
            "price": plain(order.price),
            "quantity": plain(order.quantity),
            "quote_quantity": plain(order.quote_quantity),
            "filled_qty": plain(order.filled),
            "avg_fill_price": self.average_price(order),
            "status": order.status,
            "reject_reason": order.reject_reason,
            "created_at": order.created_at,
            "updated_at": order.updated_at,
            "engine_seq": order.serial,
        }

    def average_price(self, order: Order) -> str:
        """The average over all fills, weighted by volume; "0" without any."""
        if not order.filled:
            return "0"
        if order.average is not None:
            return order.average
        average = order.value / order.filled
        exact = average.quantize(_AVERAGE_TO, ROUND_HALF_EVEN)
        return f"{exact.normalize():f}"

    def list_body(self, orders: list[Order]) -> Any:
        """What a list is answered with."""
        return [self.record(order) for order in orders]

    def canceled_body(self, orders: list[Order]) -> Any:
        """What a cancel-all is answered with; the envelope has a member more than the documents name."""
        return {"canceled": [self.record(order) for order in orders], "count": len(orders)}
