"""Orders that are placed, whose answers tell their ids, or do not."""

import json
from collections.abc import Iterable

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import faults
from conformance.orders import LIVE
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order
from conformance.scenarios.injected import expect_injected_listed
from conformance.scenarios.placed import expect_placed_listed
from conformance.stage.placement import order, place
from conformance.stage.wishes import Wish
from conformance.verdict import Misfit, Violation
from tests.sandboxes import stage_on


def sandbox_that_tells(sides: set[str]) -> Sandbox:
    """Only orders of these sides are answered with their id."""

    class TellsSome(Face):
        def place_order(self, request: Request, account: str, body: bytes) -> Response:
            answer = super().place_order(request, account, body)
            record = json.loads(bytes(answer.body))
            if record["side"] not in sides:
                del record["id"]
            return Response(json.dumps(record), answer.status_code, media_type="application/json")

    class Telling(Sandbox):
        face_class = TellsSome

    return Telling(0)


def test_an_order_without_an_id_is_recognized_where_others_have_had_one() -> None:
    with stage_on(sandbox_that_tells({"buy"})) as stage:
        [market, *_] = stage.markets
        stage.arrange([Wish(market, "buy")], by="placing")
        stage.arrange([Wish(market, "sell", fills=1)], by="placing")
        [order] = stage.view.settled().live()
        assert order.status in LIVE
        assert order.side == "sell"
        assert stage.view.own.owns(order)


def test_where_no_answer_has_one_the_profile_is_wrong() -> None:
    with stage_on(sandbox_that_tells(set())) as stage, pytest.raises(Misfit, match="order_id /id does not exist"):
        stage.arrange([Wish(stage.markets[0], "buy")], by="placing")


def test_what_was_placed_and_is_in_no_list_is_found_in_the_end() -> None:
    with stage_on(faults.load()["market-orders-are-not-listed"].sandbox()) as stage:
        expect_placed_listed(stage)
        market = stage.markets[0]
        stage.arrange([Wish(market, "buy")], by="placing")
        expect_placed_listed(stage)
        place(stage.driver, order(stage.view, market, "sell", None, market.lot))
        stage.view.settled()
        with pytest.raises(Violation) as found:
            expect_placed_listed(stage)
        assert "which placing an order told" in found.value.breach.want


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
