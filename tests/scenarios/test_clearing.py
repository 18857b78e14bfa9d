"""What clears an account is judged by its answer; lists are asked for where that is not what was known."""

import pytest

from conformance.account.view import View
from conformance.observations import Observations
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.records import Order
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.wire.signer import Credential
from tests.sandboxes import stage_on


class Right(Exchange):
    pass


class LeavesSellsByKey(Exchange):
    def cancelable(self, account: str) -> list[Order]:
        live = super().cancelable(account)
        return [order for order in live if order.side == "buy"] if self.asked_with == "key" else live


class ForgetsOneByKey(Exchange):
    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        return canceled[1:] if self.asked_with == "key" else canceled


class LeavesFillsOut(Exchange):
    def canceled_body(self, orders: list[Order]) -> object:
        body = super().canceled_body(orders)
        for record in body["canceled"]:
            record |= {"filled_qty": "0", "avg_fill_price": "0"}
        return body


def served(exchange: type[Exchange]) -> Sandbox:
    class Served(Sandbox):
        exchange_class = exchange

    return Served()


def cancel(stage: Stage, kind: Credential, view: View | None = None) -> None:
    view = view or stage.view
    stage.lane.cancel_in_passing(view, None, kind, view.believed())


def arranged(stage: Stage) -> None:
    market = stage.markets[0]
    stage.arrange([Wish(market, "buy", fills=1), Wish(market, "sell"), Wish(stage.markets[1], "buy")])


@pytest.mark.parametrize(
    ("exchange", "kind", "found"),
    [
        (Right, "api-key", set()),
        (LeavesSellsByKey, "jwt", set()),
        (LeavesSellsByKey, "api-key", {"cancel.complete"}),
        (LeavesFillsOut, "jwt", {"cancel.keeps-fills"}),
    ],
)
def test_a_wrong_answer_is_noted_under_what_it_breaks(
    exchange: type[Exchange], kind: Credential, found: set[str]
) -> None:
    observations = Observations({"list.array"})
    with stage_on(served(exchange), observations) as stage:
        arranged(stage)
        cancel(stage, kind)
    assert found <= observations.in_passing.keys()
    assert found or not observations.in_passing


@pytest.mark.parametrize(("exchange", "lists"), [(Right, 0), (ForgetsOneByKey, 1)])
def test_lists_are_asked_for_where_the_answer_is_not_what_was_known(exchange: type[Exchange], lists: int) -> None:
    with stage_on(served(exchange)) as stage:
        arranged(stage)
        before = stage.caller.observations.lists
        cancel(stage, "api-key")
        assert (stage.caller.observations.lists > before) == bool(lists)


def test_it_is_no_violation_of_the_check_that_is_under_way() -> None:
    observations = Observations({"cancel.complete"})
    with stage_on(served(LeavesSellsByKey), observations) as stage:
        arranged(stage)
        cancel(stage, "api-key")  # raises nothing: the check has asked for nothing yet
    assert "cancel.complete" in observations.in_passing


def test_what_clears_takes_turns_with_the_credentials_and_leaves_nothing() -> None:
    with stage_on(served(LeavesSellsByKey)) as stage:
        for _ in range(2):
            arranged(stage)
            stage.clear()
            assert not stage.view.settled().live()


def test_what_was_not_known_is_not_judged() -> None:
    observations = Observations({"list.array"})
    with stage_on(served(LeavesSellsByKey), observations) as stage:
        arranged(stage)
        assert stage.lane.cancel_in_passing(stage.view, None, "api-key", None) is None
    assert not observations.in_passing


@pytest.mark.parametrize("fills", [1, 2, 3])
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_an_order_that_takes_is_filled_as_often_and_stays_live(side: str, fills: int) -> None:
    with stage_on(served(Right)) as stage:
        market = stage.markets[-1]
        taker = Wish(market, side, fills, credential="jwt", role="taker")
        other = Wish(market, "sell" if side == "buy" else "buy", fills, credential="jwt")
        stage.arrange([taker, other, Wish(market, side, fills, credential="api-key", role="taker")])
        live = stage.view.settled().live()
        assert sorted(order.side for order in live) == sorted(["buy", "sell", side])
        assert all(order.status == "partially_filled" for order in live)
        assert stage.other_view is not None
        assert not stage.other_view.settled().live()
