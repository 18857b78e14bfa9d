"""Orders that are placed, whose answers tell their ids, or do not."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import faults
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face
from conformance.scenarios.placed import expect_placed_listed, placed_since
from conformance.stage.placement import order, place
from conformance.stage.wishes import Wish
from conformance.verdict import Misfit, Violation
from tests.orders import order as an_order
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


def test_older_orders_that_a_deeper_look_shows_were_not_placed_since() -> None:
    before = Snapshot.of([an_order("known", created_at=200)], horizon=200)
    shown = [("deep", 100), ("deep-too", 200), ("known", 200), ("placed", 201)]
    after = Snapshot.of(an_order(id, created_at=at) for id, at in shown)
    assert [order.id for order in placed_since(before, after, {"placed", None})] == ["placed"]
    assert [order.id for order in placed_since(before, after, {None})] == ["deep-too", "placed"]
