"""What the faults that need several conditions at once are made of. The conditions themselves are in three_at_once."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order

# Each class of limits by the word for it; None, no limit, is in "absent".
LIMITS: Mapping[str, range] = {
    "absent": range(0),
    "1": range(1, 2),
    "below 50": range(2, 50),
    "50": range(50, 51),
    "51 to 99": range(51, 100),
    "100 to 199": range(100, 200),
    "200": range(200, 201),
    "above 200": range(201, 2**31),
}

# -- lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """The lists that a lie is told in; None stands for a condition that is not made.

    A filter is True where it is given, whatever its value, and False where it is absent; `status` may also be one of
    the six. `limit` is a class of LIMITS.
    """

    credential: str | None = None
    symbol: bool | None = None
    status: bool | str | None = None
    start: bool | None = None
    end: bool | None = None
    limit: str | None = None

    def holds(self, credential: str | None, filters: Filters, limit: int | None) -> bool:
        """Whether a list that is asked for like this is one of them."""
        return (
            self.credential in (None, credential)
            and self.symbol in (None, filters.symbol is not None)
            and self.status in (None, filters.status is not None, filters.status)
            and self.start in (None, filters.start is not None)
            and self.end in (None, filters.end is not None)
            and (self.limit is None or (limit in LIMITS[self.limit] if limit is not None else self.limit == "absent"))
        )


class _ListLie(Exchange):
    """Lies in the lists that `when` names, and in no other."""

    when: When

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        lies = self.when.holds(self.asked_with, filters, limit)
        return self.lie(account, filters, limit) if lies else super().listed(account, filters, limit)

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        """What is shown instead."""
        raise NotImplementedError

    def right(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        """What ought to be shown."""
        return super().listed(account, filters, limit)

    def all_that_pass(self, account: str, filters: Filters) -> list[Order]:
        """All orders of the account that pass the filters, newest first."""
        return self.in_order([order for order in self.visible_to(account) if self.passes(order, filters)])


class SymbolForgotten(_ListLie):
    """Forgets the symbol."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, replace(filters, symbol=None), limit)


class StatusForgotten(_ListLie):
    """Forgets the status."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, replace(filters, status=None), limit)


class StartForgotten(_ListLie):
    """Forgets the start."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, replace(filters, start=None), limit)


class EndForgotten(_ListLie):
    """Forgets the end."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, replace(filters, end=None), limit)


class StartCutOff(_ListLie):
    """Leaves out the second of the start."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        assert filters.start is not None
        return self.right(account, replace(filters, start=filters.start + 1), limit)


class EndCutOff(_ListLie):
    """Leaves out the second of the end."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        assert filters.end is not None
        return self.right(account, replace(filters, end=filters.end - 1), limit)


class OneFewer(_ListLie):
    """Shows one order less than the limit."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, filters, limit)[: self.page_size(limit) - 1]


class OneMore(_ListLie):
    """Shows one order more than the limit."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.all_that_pass(account, filters)[: self.page_size(limit) + 1]


class FiftyAnyway(_ListLie):
    """Shows 50 orders, whatever the limit."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, filters, None)


class LastDropped(_ListLie):
    """Drops the last order of the page."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, filters, limit)[:-1]


class FirstDropped(_ListLie):
    """Begins with the second of the orders that match."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.page(self.all_that_pass(account, filters)[1:], limit)


class OldestPage(_ListLie):
    """Shows the oldest orders that match instead of the newest."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.all_that_pass(account, filters)[-self.page_size(limit) :]


class OldestOnTop(_ListLie):
    """Shows the page with the oldest order on top."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return self.right(account, filters, limit)[::-1]


class AnothersShown(_ListLie):
    """Shows an order of another account, in the place of the last one where the page is full."""

    def lie(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = self.right(account, filters, limit)
        others = [
            order for other in list(self.orders) if other != account for order in self.all_that_pass(other, filters)
        ]
        kept = page[: self.page_size(limit) - 1] if others else page
        return self.in_order(kept + others[:1])


# -- cancel-alls ---------------------------------------------------------------------------------------------------

_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Wherever:
    """The cancel-alls that a lie is told in: with which credential, with or without a symbol; and about which orders.

    `orders` is a kind of KINDS.
    """

    credential: str
    symbol: bool
    orders: str


def _beyond(count: int) -> Callable[[Exchange, list[Order]], list[Order]]:
    return lambda exchange, live: exchange.in_order(live)[count:]


def _each(holds: Callable[[Order], bool]) -> Callable[[Exchange, list[Order]], list[Order]]:
    return lambda _, live: [order for order in live if holds(order)]


def _older_than_an_hour(exchange: Exchange, live: list[Order]) -> list[Order]:
    return [order for order in live if order.created_at < exchange.clock.now() - _HOUR_S]


# Kinds of live orders by the words for them.
KINDS: Mapping[str, Callable[[Exchange, list[Order]], list[Order]]] = {
    "open orders": _each(lambda order: order.status == "open"),
    "partly filled orders": _each(lambda order: order.status == "partially_filled"),
    "buys": _each(lambda order: order.side == "buy"),
    "sells": _each(lambda order: order.side == "sell"),
    "orders older than an hour": _older_than_an_hour,
    "orders placed by token": _each(lambda order: order.placed_with == "token"),
    "orders placed by key": _each(lambda order: order.placed_with == "key"),
    "orders beyond the newest 20": _beyond(20),
    "orders beyond the newest 100": _beyond(100),
    "orders beyond the newest 200": _beyond(200),
}


class _CancelLie(Exchange):
    """Lies in the cancel-alls that `when` names, and in no other."""

    when: Wherever

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        lies = (self.asked_with, symbol is not None) == (self.when.credential, self.when.symbol)
        return self.lie(account, symbol) if lies else super().cancel_all(account, symbol)

    def lie(self, account: str, symbol: str | None) -> list[Order]:
        """Cancel something else, or return something else."""
        raise NotImplementedError

    def right(self, account: str, symbol: str | None) -> list[Order]:
        """Cancel what ought to be canceled."""
        return super().cancel_all(account, symbol)

    def of_the_kind(self, live: list[Order]) -> list[Order]:
        """Those of the live orders that the lie is about."""
        return KINDS[self.when.orders](self, live)


class LeftLive(_CancelLie):
    """Leaves orders in the book."""

    def lie(self, account: str, symbol: str | None) -> list[Order]:
        live = [order for order in self.cancelable(account) if self.in_scope(order, symbol)]
        left = {order.id for order in self.of_the_kind(live)}
        canceled = [order for order in live if order.id not in left]
        for order in canceled:
            self.cancel(order)
        return canceled


class CanceledElsewhere(_CancelLie):
    """Cancels orders in other markets too."""

    def lie(self, account: str, symbol: str | None) -> list[Order]:
        elsewhere = [order for order in self.cancelable(account) if not self.in_scope(order, symbol)]
        for order in self.of_the_kind(elsewhere):
            self.cancel(order)
        return self.right(account, symbol)


class CanceledForOthers(_CancelLie):
    """Cancels orders of other accounts too."""

    def lie(self, account: str, symbol: str | None) -> list[Order]:
        for other in [each for each in self.orders if each != account]:
            for order in self.of_the_kind(self.cancelable(other)):
                self.cancel(order)
        return self.right(account, symbol)


class FillsNotTold(_CancelLie):
    """Returns orders as if nothing of them had been filled; lists know better."""

    def lie(self, account: str, symbol: str | None) -> list[Order]:
        about = {order.id for order in self.of_the_kind(self.cancelable(account))}
        return [_unfilled(order) if order.id in about else order for order in self.right(account, symbol)]


def _unfilled(order: Order) -> Order:
    told = copy.copy(order)
    told.filled = Decimal(0)
    return told
