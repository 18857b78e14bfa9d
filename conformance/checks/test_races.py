"""Cancel-alls at the same moment, and orders that are placed or filled while one runs."""

import pytest

from conformance.declare import cancels, needs, verifies
from conformance.scenarios.races import Races
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish

# A window of 5 ms is met by one race in two or three, so that eight miss it once in twenty runs or less often.
TIMES = 8


@cancels
@verifies("cancel.concurrent-once")
@needs(arrange=True)
def test_several_cancel_alls_at_once(stage: Stage) -> None:
    """Three at the same moment, one of them for a single market: each order is in one answer, and none is left."""
    market = stage.markets[0]
    wishes = [Wish(each, side) for each in stage.markets for side in ("buy", "sell", "buy")]
    with Races(stage) as races:
        for number in range(TIMES):
            stage.arrange(wishes)
            races.cancel_and_cancel((None, None, market.symbol if number % 2 else None))
    stage.caller.observations.note("cancel.concurrent-once", f"{TIMES} races of three cancel-alls")


@cancels
@verifies("cancel.concurrent-place")
@needs(place=True)
def test_placing_during_cancel_all(stage: Stage) -> None:
    """Orders placed while it runs: each of them is in the answer and canceled, or it is live."""
    market = stage.markets[0]
    with Races(stage) as races:
        for _ in range(TIMES):
            stage.arrange([Wish(market, "buy"), Wish(market, "sell")])
            races.cancel_and_place(market)
    stage.caller.observations.note("cancel.concurrent-place", f"{TIMES} races of cancel-all with orders placed")


@cancels
@verifies("cancel.concurrent-fill")
@needs(place=True, other=True)
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_filling_during_cancel_all(stage: Stage, side: str) -> None:
    """Orders taken from while it runs: what the answer tells stays true, and what is filled is not in it."""
    with Races(stage) as races:
        for _ in range(TIMES // 2):
            races.cancel_and_take(stage.markets[0], side)
    told = f"{TIMES // 2} races of cancel-all with six {side} orders being filled"
    stage.caller.observations.note("cancel.concurrent-fill", told)
