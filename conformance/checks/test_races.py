"""Cancel-alls at the same moment, and orders that are placed or filled while one runs."""

import pytest

from conformance.declare import cancels, needs, verifies
from conformance.scenarios.races import Races, Taking
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish

# A window of 5 ms is met by one race in two or three, so that eight miss it once in twenty runs or less often.
TIMES = 8
TAKING: tuple[Taking, ...] = ("whole", "half", "whole", "half just before")


def clean(races: int, of: str) -> str:
    """What it is worth that none of so many races showed anything wrong, by the binomial bound."""
    share = 1 - 0.05 ** (1 / races)  # so often as this, it would have shown in 19 of 20 runs
    most = f"one in {int(1 / share)}" if share < 1 / 2 else f"{share:.0%}"
    return f"0 of {races} races of {of} went wrong: with 95 % confidence, fewer than {most} do"


@cancels
@verifies("cancel.concurrent-once")
@needs(arrange=True)
def test_several_cancel_alls_at_once(stage: Stage) -> None:
    """Three at the same moment, one of them for a single market: each order is in one answer, and none is left.

    In some races the other account cancels as well, and what it has is canceled.
    """
    market = stage.markets[0]
    wishes = [Wish(each, side) for each in stage.markets for side in ("buy", "sell", "buy")]
    with Races(stage) as races:
        for number in range(TIMES):
            both = stage.other is not None and number % 4 == 3
            stage.arrange(wishes)
            if both:
                stage.arrange_bystander()
            races.cancel_and_cancel((None, None, market.symbol if number % 2 else None), other_too=both)
    stage.caller.observations.note("cancel.concurrent-once", clean(TIMES, "three cancel-alls"))


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
    stage.caller.observations.note("cancel.concurrent-place", clean(TIMES, "cancel-all with orders placed"))


@cancels
@verifies("cancel.concurrent-fill")
@needs(place=True, other=True)
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_filling_during_cancel_all(stage: Stage, side: str) -> None:
    """Orders taken from while it runs: what the answer tells stays true, and what is filled is not in it."""
    with Races(stage) as races:
        for taking in TAKING:
            races.cancel_and_take(stage.markets[0], side, taking)
    told = clean(len(TAKING), f"cancel-all with six {side} orders being filled, whole or half")
    stage.caller.observations.note("cancel.concurrent-fill", told)
