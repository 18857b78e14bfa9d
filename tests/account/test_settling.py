"""How long lists are waited for that show what was placed."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance.account.account import SNAPSHOT_PAGES
from conformance.oracle.snapshot import Snapshot
from conformance.sandbox import Sandbox
from conformance.stage.lane import Lane
from conformance.stage.placement import order, place
from tests.sandboxes import lane_on

SETTLE_S = 0.3


class SettlesSoon(Sandbox):
    settle_ms = round(SETTLE_S * 1000)


@pytest.fixture
def lane() -> Iterator[Lane]:
    with lane_on(SettlesSoon(), alone=True) as lane:
        lane.view.settled()
        yield lane


def placed_and_hidden(lane: Lane, monkeypatch: pytest.MonkeyPatch, *looks_s: float) -> str:
    """Place an order that so many looks do not show. Each of them takes so many seconds."""
    market, fresh, slow = lane.markets[0], lane.view.fresh, iter(looks_s)
    [id] = place(lane.driver, order(lane.view, market, "buy", market.resting_buy, market.quantity))
    assert id is not None

    def look(pages: int = 1, up_to: int | None = None) -> Snapshot:
        seen = fresh(pages, up_to)
        if (seconds := next(slow, None)) is None:
            return seen
        time.sleep(seconds)
        return replace(seen, orders={each: order for each, order in seen.orders.items() if each != id})

    monkeypatch.setattr(lane.view, "fresh", look)
    return id


AT_ONCE = [0.0] * (SNAPSHOT_PAGES - 1)  # until each page is looked at


def test_a_look_that_takes_long_is_no_reason_to_give_up(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    id = placed_and_hidden(lane, monkeypatch, *AT_ONCE, 1.5 * SETTLE_S)
    assert id in lane.view.settled().orders


def test_what_no_look_shows_that_begins_after_the_time_is_given_up(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    id = placed_and_hidden(lane, monkeypatch, *AT_ONCE, 1.5 * SETTLE_S, 0.0)
    assert id not in lane.view.settled().orders
