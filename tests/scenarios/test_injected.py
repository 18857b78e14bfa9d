"""Orders that are injected: what lists leave out of them, and the amounts that they show."""

from collections.abc import Iterable
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.records import Order
from conformance.scenarios.injected import expect_injected_amounts, expect_injected_listed
from conformance.verdict import Violation
from tests.sandboxes import stage_on


class KeepsADay(Exchange):
    """Keeps what is over for a day, which the documents leave free."""

    def visible_to(self, account: str) -> Iterable[Order]:
        yesterday = self.clock.now() - 86_400
        return [order for order in super().visible_to(account) if order.live or order.created_at > yesterday]


class HookTakesNoMarketOrders(Exchange):
    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for order in super().visible_to(account) if order.type == "limit"]


@pytest.mark.parametrize("kind", [Exchange, KeepsADay, HookTakesNoMarketOrders])
def test_an_exchange_may_keep_less_and_a_hook_take_less(kind: type[Exchange]) -> None:
    box: type[Sandbox] = type(kind.__name__, (Sandbox,), {"exchange_class": kind})
    with stage_on(box(0)) as stage:
        stage.prepare({"orders": 300, "other": True})
        expect_injected_listed(stage)
        assert bool(stage.view.own.left_out) == (kind is not Exchange)


def test_what_was_injected_has_to_be_listed_where_the_like_is() -> None:
    with stage_on(faults.load()["expired-sells-of-a-month-are-not-listed"].sandbox()) as stage:
        stage.prepare({"orders": 300, "other": True})
        with pytest.raises(Violation) as found:
            expect_injected_listed(stage)
        assert found.value.breach.requirement == "list.limit-default"
        assert "which was injected, in a list" in found.value.breach.want


class AveragesOfMarketOrders(Exchange):
    """A hook that works out the average of each market order anew, as the exchange would."""

    def record(self, order: Order) -> dict[str, Any]:
        twice = {"avg_fill_price": f"{2 * order.value / order.filled:f}"} if order.filled else {}
        return super().record(order) | (twice if order.type == "market" else {})


class AveragesInTicks(Exchange):
    """A hook that keeps averages in whole ticks of the market."""

    def record(self, order: Order) -> dict[str, Any]:
        if not order.filled or order.serial % 30:
            return super().record(order)
        tick = self.markets[order.symbol].tick
        return super().record(order) | {"avg_fill_price": f"{order.value / order.filled // tick * tick:f}"}


@pytest.mark.parametrize("kind", [Exchange, AveragesOfMarketOrders, AveragesInTicks])
def test_a_hook_may_work_out_amounts_anew(kind: type[Exchange]) -> None:
    box: type[Sandbox] = type(kind.__name__, (Sandbox,), {"exchange_class": kind})
    with stage_on(box(0)) as stage:
        stage.prepare({"orders": 300, "other": True})
        expect_injected_amounts(stage)
        assert stage.caller.observations.in_passing == {}
        assert stage.caller.observations.saw["order.filled-qty"] > 50


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("old-buys-for-an-amount-average-what-they-cost", "order.avg-fill-price"),
        ("zeros-of-whole-amounts-are-cut", "order.quote-quantity"),
    ],
)
def test_what_hardly_any_order_shows_is_no_doing_of_the_hook(fault: str, requirement: str) -> None:
    with stage_on(faults.load()[fault].sandbox()) as stage:
        stage.prepare({"orders": 300, "other": True})
        with pytest.raises(Violation) as found:
            expect_injected_amounts(stage)
        assert found.value.breach.requirement == requirement
        assert "as it was injected, like" in found.value.breach.want
