"""Leaving a target as it was found, where cancel-all does not do what it tells."""

from dataclasses import replace

import pytest

from conformance.account import borders, view
from conformance.sandbox import Sandbox
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order
from conformance.stage.clean_up import clean_up
from conformance.stage.wishes import Wish
from tests.sandboxes import stage_on


class RollsBack(Exchange):
    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return [replace(order, status="canceled") for order in self.concerned(account, symbol)]


class Unkept(Sandbox):
    exchange_class = RollsBack


def test_those_behind_more_than_a_look_shows_are_canceled_one_by_one_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(borders, "SNAPSHOT_PAGES", 1)
    monkeypatch.setattr(view, "SNAPSHOT_PAGES", 1)
    sandbox = Unkept(0)
    with stage_on(sandbox) as stage:
        stage.arranger.arrange(stage.view, [Wish(stage.markets[0], "buy", age="hours")] * 450)
        stage.wait_until_listed(stage.view)
        stage.view.canceled(stage.caller.cancel_all().orders)
        assert clean_up(stage.lane) == []
    assert not [order for order in sandbox.exchange.orders["alice"].values() if order.live]
