"""Orders of one market that are filled: each by what is meant for it, in as few steps as that takes."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from conformance.sandbox import Sandbox
from conformance.stage.book import stand_at_most
from conformance.stage.driver import Driver
from conformance.stage.placement import Placing
from conformance.stage.wishes import ROLES, SIDES, Role, Wish, can_fill
from tests.sandboxes import stage_on


@pytest.mark.parametrize("sides", [("buy",), ("sell",), ("buy", "sell")])
def test_what_takes_and_what_is_taken_from_does_not_meet_what_is_meant_for_others(sides: tuple[str, ...]) -> None:
    sandbox = Sandbox(0)
    with stage_on(sandbox) as stage:
        [market, *_] = stage.markets
        every = [each for each in product(SIDES, (1, 2, 3), ROLES) if can_fill(each[2], each[1])]
        kinds: list[tuple[str, int, Role]] = [*every, ("buy", 1, "taker"), ("sell", 1, "taker")]
        wishes = [Wish(market, side, fills, role=role) for side, fills, role in kinds]
        stage.arrange([each for each in wishes if each.side in sides], by="placing")
        assert stage.other_view is not None
        assert not stage.other_view.settled().live()
        orders = sandbox.exchange.orders["alice"].values()
        own = {order.id: order for order in orders if order.status == "partially_filled"}
        shares = {1: Decimal("0.5"), 2: Decimal("0.2"), 3: Decimal("0.3")}
        met = []
        for order in own.values():
            by = [sandbox.exchange.orders["bob"][f"{trade.opposite}"] for trade in order.trades]
            took = [other.serial < order.serial for other in by]
            role = "taker" if all(took) else "both" if took == [True, *[False] * (len(by) - 1)] else "maker"
            assert any(took) == (role != "maker")
            assert order.filled == shares[len(by)] * market.quantity
            met.append((order.side, len(by), role))
        assert sorted(met) == sorted(kind for kind in kinds if kind[0] in sides)


@pytest.mark.parametrize(("ticks", "room"), [(1_000, 20), (42, 20), (41, 20), (10, 4), (7, 3), (4, 1), (2, 1)])
def test_as_many_stay_partly_filled_as_have_a_price_of_their_own(ticks: int, room: int) -> None:
    with stage_on(Sandbox(0)) as stage:
        [market, *_] = stage.markets
        narrow = replace(market, resting_sell=market.resting_buy + ticks * market.tick)
        assert min(stand_at_most(narrow), 20) == room
        sides = SIDES if ticks > 2 else SIDES[:1]  # else both sides would meet in the middle
        roles: list[Role] = ["maker", "both", "maker", "maker", "taker"]
        each = [(roles[number % 5], max(number % 3 + 1, 2)) for number in range(room)]
        wishes = [Wish(narrow, side, fills, role=role) for side in sides for role, fills in each]
        stage.arrange(wishes, by="placing")
        assert {order.status for order in stage.view.settled().live()} == {"partially_filled"}
        assert len(stage.view.settled().live()) == len(wishes)


def test_where_no_price_lies_between_the_resting_ones_nothing_is_filled() -> None:
    with stage_on(Sandbox(0)) as stage:
        [market, *_] = stage.markets
        narrow = replace(market, resting_sell=market.resting_buy + market.tick)
        stage.arrange([Wish(narrow, "buy", 1), Wish(narrow, "sell", 2, role="taker")], by="placing")
        assert {order.status for order in stage.view.settled().live()} == {"open"}
        stage.clear()
        stage.arranger.cross(stage.view, narrow, "buy", Decimal("0.5"))
        assert {order.status for order in stage.view.settled().live()} == {"partially_filled"}


@pytest.mark.parametrize(("lots", "statuses"), [(1, {"open"}), (2, {"partially_filled"}), (3, {"partially_filled"})])
def test_a_lot_is_left_of_each_order(lots: int, statuses: set[str]) -> None:
    with stage_on(Sandbox(0)) as stage:
        [market, *_] = stage.markets
        coarse = replace(market, quantity=lots * market.lot)
        stage.arrange([Wish(coarse, "buy", fills) for fills in (1, 2, 3)], by="placing")
        assert {order.status for order in stage.view.settled().live()} == statuses


@pytest.mark.parametrize(
    ("kinds", "steps"),
    [
        ([("buy", False)] * 3, 6),
        ([("buy", False), ("sell", False)] * 2, 4),
        ([("buy", True)] * 3, 4),
        ([("buy", True), ("sell", True)], 4),
        ([("buy", True), ("buy", False)], 3),
        ([("buy", True), ("buy", False), ("sell", False)], 4),
    ],
)
def test_as_many_are_placed_at_once_as_do_not_meet(
    kinds: list[tuple[str, bool]], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage_on(Sandbox(0)) as stage:
        [market, *_] = stage.markets
        placed: list[int] = []

        def place(_driver: Driver, *orders: Placing, **_beside: object) -> list[None]:
            placed.append(len(orders))
            return [None] * len(orders)

        monkeypatch.setattr("conformance.stage.book.place", place)
        wishes = [Wish(market, side, 1, role="taker" if takes else "maker") for side, takes in kinds]
        stage.arranger.arrange(stage.view, wishes, by="placing")
        assert len(placed) == steps
        assert sum(placed) == 2 * len(kinds)
