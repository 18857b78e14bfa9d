"""What was just placed and filled: whether it adds up on both sides."""

from itertools import product

import pytest

from conformance import faults
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.exchange import Ticket
from conformance.sandbox.records import Order
from conformance.scenarios.adding_up import doubts, expect_none
from conformance.stage.stage import Stage
from conformance.stage.wishes import ROLES, SIDES, Wish, can_fill
from conformance.verdict import Violation
from tests.sandboxes import stage_on

FAULT = "taken-from-after-taking-show-the-last-fill"


def arrange(stage: Stage) -> None:
    [market, *_] = stage.markets
    kinds = [(side, fills, role) for side, fills, role in product(SIDES, (1, 2, 3), ROLES) if can_fill(role, fills)]
    stage.arrange([Wish(market, side, fills, role=role) for side, fills, role in kinds], by="placing")


def test_what_adds_up_leaves_no_doubt() -> None:
    with stage_on(Sandbox(0)) as stage:
        arrange(stage)
        assert doubts(stage) == []
        expect_none(stage, [])


def test_what_does_not_add_up_counts_where_it_is_so_again() -> None:
    with stage_on(faults.load()[FAULT].sandbox()) as stage:
        arrange(stage)
        found = doubts(stage)
        assert {doubt.crossed.wish.role for doubt in found} == {"both"}
        assert all(doubt.broken == {"order.filled-qty"} for doubt in found)
        with pytest.raises(Violation) as violation:
            expect_none(stage, found[:1])
        assert violation.value.breach.requirement == "order.filled-qty"
        assert "by taking first" not in violation.value.breach.got


class SomebodyIsNearer(Exchange):
    """Somebody else buys what is sold between the resting prices of the first market, before others can."""

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        if account == "bob" and order.side == "sell" and order.symbol == next(iter(self.markets)) and order.trades:
            order.trades[0] = type(order.trades[0])(order.trades[0].price * 2, order.trades[0].quantity)
            order.value *= 2
        return order


def test_who_was_filled_at_a_better_price_than_the_other_has_met_somebody_else() -> None:
    class Crowded(Sandbox):
        exchange_class = SomebodyIsNearer

    with stage_on(Crowded(0)) as stage:
        stage.arrange([Wish(stage.markets[0], "buy", 1)], by="placing")
        assert doubts(stage) == []
