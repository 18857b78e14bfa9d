"""Trades between two accounts of this run: lists show them once both sides tell the same."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain, repeat
from types import MappingProxyType
from typing import NamedTuple

from conformance.account.patience import Patience
from conformance.account.ticket import Ticket
from conformance.orders import Order

Side = Order | Ticket


def may_trade(one: Side, other: Side) -> bool:
    """Whether the two would trade with each other, were both in the book."""
    if one.symbol != other.symbol or one.side == other.side:
        return False
    if one.price is None or other.price is None:
        return True
    buy, sell = (one.price, other.price) if one.side == "buy" else (other.price, one.price)
    return buy >= sell


class Trades:
    """What the orders of two accounts have traded with each other, as far as lists show it.

    It shows once what either bought is what the other one sold, at the same prices, no two orders stand there that
    would trade, and none at market price. Strangers may come in between: what has not come to agree in time is taken as
    it is from then on.

    `ticks`: of each market. An average may be off by one.
    """

    def __init__(self, settle_s: float, ticks: Mapping[str, Decimal] = MappingProxyType({})) -> None:
        self._patience = Patience(settle_s)
        self._ticks = ticks
        # By market, and whether the first account bought: more than was sold, as it was taken for settled.
        self._more: Mapping[tuple[str, bool], _Traded] = {}
        self._standing: frozenset[str] = frozenset()
        self._doubted: dict[str, _Traded] = {}

    def show(self, ones: Iterable[Order], others: Iterable[Order], waited_s: float) -> bool:
        """Whether these lists of the two accounts' placed orders show all trades, or the time for that is up."""
        ones, others = list(ones), list(others)
        more, standing = _bought(ones, others), _standing(ones, others)
        disagreed = self._disagreed(more)
        if not disagreed and standing <= self._standing:
            self._patience.rewarded(waited_s)
            return True
        if waited_s <= self._patience.seconds:
            return False
        self._patience.disappointed()
        was = _in_all(self._more)
        self._doubted |= {symbol: was.get(symbol, _NOTHING) for symbol in disagreed - self._doubted.keys()}
        self._more, self._standing = more, standing
        return True

    def take_doubted(self) -> "Mapping[str, _Traded]":
        """The markets in which the two accounts had not come to agree in time, since the last call; with what both
        together had bought more than sold there before, as strangers may have sold it.
        """
        doubted, self._doubted = self._doubted, {}
        return doubted

    def unbalanced(self, doubted: "Mapping[str, _Traded]", ones: Iterable[Order], others: Iterable[Order]) -> set[str]:
        """Those of these markets in which both together have bought another amount more than sold, or for another
        value, than before. What an account has sold itself, or to another order than was meant, changes neither.
        """
        now = _in_all(_bought(ones, others))
        return {symbol for symbol, was in doubted.items() if self._differ(symbol, now.get(symbol, _NOTHING), was)}

    def _disagreed(self, more: Mapping[tuple[str, bool], "_Traded"]) -> set[str]:
        """The markets in which more was bought than what is known to have come from strangers, or at another price."""
        symbols = set()
        for key in more.keys() | self._more.keys():
            now, then = more.get(key, _NOTHING), self._more.get(key, _NOTHING)
            if self._differ(key[0], now, then):
                symbols.add(key[0])
        return symbols

    def _differ(self, symbol: str, now: "_Traded", then: "_Traded") -> bool:
        off = self._ticks.get(symbol, Decimal(0)) * now.turnover
        return now.quantity != then.quantity or (symbol in self._ticks and abs(now.value - then.value) > off)


class _Traded(NamedTuple):
    """More bought than sold: the quantity and its value; and the quantity of both together, in base units."""

    quantity: Decimal
    value: Decimal
    turnover: Decimal


_NOTHING = _Traded(Decimal(0), Decimal(0), Decimal(0))


def _in_all(more: Mapping[tuple[str, bool], _Traded]) -> dict[str, _Traded]:
    total: dict[str, _Traded] = {}
    for (symbol, _), each in more.items():
        was = total.get(symbol, _NOTHING)
        total[symbol] = _Traded(was.quantity + each.quantity, was.value + each.value, was.turnover + each.turnover)
    return total


def _bought(ones: Iterable[Order], others: Iterable[Order]) -> dict[tuple[str, bool], _Traded]:
    total: dict[tuple[str, bool], _Traded] = {}
    for is_of_one, order in chain(zip(repeat(True), ones), zip(repeat(False), others)):
        if order.unread.isdisjoint(("filled_qty", "avg_fill_price")) and order.filled_qty:
            sign = 1 if order.side == "buy" else -1
            key = order.symbol, is_of_one == (order.side == "buy")
            value = order.filled_qty * (order.avg_fill_price or 0)
            was = total.get(key, _NOTHING)
            total[key] = _Traded(
                was.quantity + sign * order.filled_qty, was.value + sign * value, was.turnover + order.filled_qty
            )
    return total


def _standing(ones: Iterable[Order], others: Iterable[Order]) -> frozenset[str]:
    """Ids of the live orders of `ones` that would trade with one of `others`, and of those at market price."""
    live_ones, live_others = [each for each in ones if each.live], [each for each in others if each.live]
    crossed = {one.id for one in live_ones if any(may_trade(one, other) for other in live_others)}
    return frozenset(crossed | {each.id for each in (*live_ones, *live_others) if each.price is None})
