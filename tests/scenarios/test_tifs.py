"""Orders that take at once: under which times in force they are placed."""

import json
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.sandbox import Face, Sandbox
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import BadRequest
from conformance.sandbox.records import Order
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from tests.sandboxes import stage_on

GTC_ALONE = {"gtc"}


def tifs_of_bob(stage: Stage, sandbox: Sandbox) -> Counter[str | None]:
    """Those of what takes from the caller's orders, in two sets."""
    assert stage.other_view is not None
    market = stage.markets[0]
    for _ in range(2):
        stage.clear()
        wishes = [Wish(market, side, fills) for side in ("buy", "sell") for fills in (1, 2, 3)]
        stage.arranger.arrange(stage.view, wishes, by="placing")
        stage.wait_until_listed(*stage.lane.views)
    assert {order.status for order in stage.view.believed().live()} == {"partially_filled"}
    return Counter(order.tif for order in sandbox.exchange.orders["bob"].values())


class KnowsOne(Exchange):
    """Says that whatever was placed is gtc."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"tif": order.tif and "gtc"}


class SaysGtc(Sandbox):
    exchange_class = KnowsOne


class KnowsGtc(Face):
    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        if json.loads(body).get("tif") not in (None, "gtc"):
            raise BadRequest("BAD_TIF")
        return super().place_order(request, account, body)


class RefusesOthers(Sandbox):
    face_class = KnowsGtc


def test_each_word_is_used_again_once_lists_have_shown_its_order_filled() -> None:
    sandbox = Sandbox(0)
    with stage_on(sandbox) as stage:
        tifs = tifs_of_bob(stage, sandbox)
        assert sorted(stage.arranger.book.tifs.working) == ["fok", "ioc"]
    assert min(tifs["ioc"], tifs["fok"], tifs["gtc"]) > 3


def test_what_shows_no_other_word_is_tried_once() -> None:
    sandbox = SaysGtc(0)
    with stage_on(sandbox) as stage:
        tifs = tifs_of_bob(stage, sandbox)
        assert not stage.arranger.book.tifs.working
    assert tifs["ioc"] == tifs["fok"] == 1


def test_what_refuses_other_words_is_asked_for_the_same_order_without() -> None:
    sandbox = RefusesOthers(0)
    with stage_on(sandbox) as stage:
        assert tifs_of_bob(stage, sandbox).keys() == GTC_ALONE
        assert not stage.arranger.book.tifs.working
