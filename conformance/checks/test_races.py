"""Cancel-alls at the same moment, and orders that are placed or filled while one runs."""

import itertools
from collections.abc import Iterable, Iterator
from typing import TypeVar

import pytest

from conformance.declare import cancels, needs, verifies
from conformance.naming import count
from conformance.orders import Query
from conformance.scenarios.races import PRICES, Races, Taking, Together
from conformance.stage.placement import first_with_room
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import NotObserved

Item = TypeVar("Item")

# A window of 5 ms is met by one race in two or three, so that eight miss it once in twenty runs or less often.
TIMES = 8
TOGETHER = (
    Together(2, listed=Query(status="open")),
    Together(4, of_one_market=True),
    Together(2, of_one_market=True),
    Together(2, other_too=True),
    Together(6, of_one_market=True, listed=Query()),
    Together(2),
    Together(2, of_one_market=True),
    Together(2, other_too=True),
)
TAKING = {
    "buy": (
        Taking(half=False),
        Taking(half=True),
        Taking(half=False, of_one_market=True),
        Taking(half=True, just_before=True, of_one_market=True),
    ),
    "sell": (
        Taking(half=True, of_one_market=True),
        Taking(half=True, cancel_alls=2),
        Taking(half=True, just_before=True, cancel_alls=4, listed=Query()),
    ),
}


AGAIN = 2  # what a race showed that somebody else could have caused is looked for so many times more


def _with_next(items: Iterable[Item]) -> Iterator[tuple[Item, Item | None]]:
    """Each item with the one behind it; the last with none."""
    one, behind = itertools.tee(items)
    return itertools.zip_longest(one, itertools.islice(behind, 1, None))


def clean(races: int, of: str) -> str:
    """What it is worth that none of so many races showed anything wrong, by the binomial bound."""
    share = 1 - 0.05 ** (1 / races)  # so often as this, it would have shown in 19 of 20 runs
    most = f"one in {int(1 / share)}" if share < 1 / 2 else f"{share * 100:.0f} in 100"
    return f"0 of {count(races, 'race')} of {of} went wrong: with 95 % confidence, fewer than {most} do"


@cancels
@verifies("cancel.concurrent-once")
@needs(arrange=True)
def test_several_cancel_alls_at_once(stage: Stage) -> None:
    """Two, four or six at the same moment, with each credential: each order is in one answer, and none is left.

    In some races one of them is for a single market, or a list is asked for right before. In some the other account
    cancels as well, and what it has is canceled.
    """
    # More than ten in all, since some servers work them off by tens: where that does not take as many requests.
    sides = ("buy", "sell", "buy", "sell") if "injecting" in stage.ways else ("buy", "sell", "buy")
    wishes = [Wish(each, side) for each in stage.markets for side in sides]
    raced = 0
    with Races(stage) as races:
        for together, following in _with_next(stage.effort.repeated(TOGETHER)):
            raced += 1
            races.cancel_and_cancel(wishes, stage.markets[0], together, following)
    told = clean(raced, "two, four or six cancel-alls")
    stage.caller.observations.note("cancel.concurrent-once", told)


@cancels
@verifies("cancel.concurrent-place")
@needs(place=True)
def test_placing_during_cancel_all(stage: Stage) -> None:
    """Orders placed while it runs, for all markets or for theirs, with each credential: each of them is in the answer
    and canceled, or it is live.
    """
    market = stage.markets[0]
    raced = 0
    with Races(stage) as races:
        for number, following in _with_next(stage.effort.repeated(range(TIMES))):
            raced += 1
            wishes = [Wish(market, "buy"), Wish(market, "sell")]
            of_one_market = number // 2 % 2 == 1  # two in a row, since the credentials take turns
            races.cancel_and_place(wishes, market, of_one_market=of_one_market, following=following is not None)
    stage.caller.observations.note("cancel.concurrent-place", clean(raced, "cancel-all with orders placed"))


@cancels
@verifies("cancel.concurrent-fill", "cancel.complete")
@needs(place=True, other=True)
@pytest.mark.parametrize("side", sorted(TAKING))
def test_filling_during_cancel_all(stage: Stage, side: str) -> None:
    """Orders taken from while it runs, or several do: what is told stays true, and what is filled is not told."""
    market, raced = first_with_room(stage.markets, PRICES), 0
    with Races(stage) as races:
        for taking, following in _with_next(stage.effort.repeated(TAKING[side])):
            raced += races.cancel_and_take(market, side, taking, following)
        for taking in races.unsure * AGAIN:
            raced += races.cancel_and_take(market, side, taking)
    if not raced:
        raise NotObserved("nothing was filled in any race")
    stage.caller.observations.note(
        "cancel.concurrent-fill", clean(raced, f"cancel-all with fills of six {side} orders")
    )
