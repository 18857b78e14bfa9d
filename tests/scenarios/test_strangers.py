"""Somebody else who trades between the resting prices: then what two accounts trade with each other cannot be told."""

import pytest

from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.exchange import Ticket
from conformance.sandbox.records import Order
from conformance.scenarios.strangers import expect_nobody_else_trades
from conformance.verdict import Inconclusive
from tests.sandboxes import stage_on


class Taken(Exchange):
    """Somebody takes half of what is placed, if it stands."""

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        if order.live and order.price is not None:
            self.fill(order, order.price, order.left / 2)
        return order


class TakenBySomebody(Sandbox):
    exchange_class = Taken


def test_who_takes_what_nobody_was_offered_is_somebody_else() -> None:
    with stage_on(TakenBySomebody(0)) as stage, pytest.raises(Inconclusive, match="somebody else trades between"):
        expect_nobody_else_trades(stage, stage.markets[0])


def test_where_nobody_does_nothing_is_left() -> None:
    with stage_on(Sandbox(0)) as stage:
        expect_nobody_else_trades(stage, stage.markets[0])
        assert not stage.view.settled().live()
