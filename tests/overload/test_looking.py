"""Whose orders lists show once all is over."""

from decimal import Decimal
from typing import Any

from conformance.orders import Order, Query
from conformance.overload.looking import walk
from tests.orders import order


class Page(list[Order]):
    """A list as it was answered."""

    exchange = None

    @property
    def orders(self) -> list[Order]:
        return self


class Account:
    """Has these orders."""

    def __init__(self, *orders: Order) -> None:
        self.orders = orders

    def look(self, query: Query) -> Page:
        return Page(each for each in self.orders if (each.symbol, each.status) == (query.symbol, query.status))


def test_orders_are_ours_by_their_ids_or_if_they_are_new_and_look_so() -> None:
    def made(id: str, created_at: int, price: str = "1") -> Order:
        return order(id=id, symbol="X", created_at=created_at, price=Decimal(price))

    old, ours, double = made("old", 100), made("ours", 101), made("double", 101)
    of_a_former_run, strangers, strangers_old = made("former", 50), made("new", 102, "2"), made("past", 90, "2")
    account: Any = Account(old, ours, double, of_a_former_run, strangers, strangers_old)
    seen = walk(account, ["X"], {"old": old}, {"ours"}, {ours.looks})
    assert seen.orders.keys() == {"ours", "double"}
    assert seen.foreign == 1
