"""Cancel-all: an empty array where there is nothing to cancel."""

import itertools
import math
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.coverage.rows import ALTERED
from conformance.declare import cancels, needs, verifies
from conformance.hypothesis_seam import DRAWING
from conformance.scenarios.cancellation import cancel_all, cancel_nothing
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.strategies import wishes

_ATTEMPTS = 3  # a second may end between two cancel-alls
_ENOUGH_S = 0.4  # mostly it does not, where so much of it is left


@cancels
@verifies("cancel.empty", "cancel.envelope")
def test_nothing_live_in_the_account(stage: Stage) -> None:
    """After everything was canceled: 200 and {"canceled": []}, for all markets and for each, with either credential."""
    first, *others = credentials = stage.caller.credentials
    cancel_all(stage, credential=first)
    of_markets = zip((market.symbol for market in stage.markets), itertools.cycle(reversed(credentials)), strict=False)
    cancel_nothing(stage, [*((None, each) for each in others), *of_markets])


@cancels
@verifies("cancel.empty")
@needs(arrange=True, tradable=2)
def test_nothing_live_under_that_symbol(stage: Stage) -> None:
    """Live orders in another market: the market without any gives an empty array, whichever credential asks, and they
    stay live.
    """
    first, second = stage.markets[:2]
    both_sides = partial(stage.arrange, [Wish(first, "buy"), Wish(first, "sell")])
    cancel_nothing(stage, [(second.symbol, each) for each in stage.caller.credentials], arrange=both_sides)


@cancels
@verifies("cancel.idempotent")
@needs(arrange=True)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_said_again_it_finds_nothing(stage: Stage, data: st.DataObject) -> None:
    """The same twice, one after the other and within a second: the second answers an empty array, and no record is
    changed by it.
    """
    markets = stage.markets
    symbol = data.draw(st.sampled_from([None, *(market.symbol for market in markets)]), label="symbol")
    wanted, way = data.draw(wishes(markets, least=1)), data.draw(st.sampled_from(stage.ways), label="by")
    for attempt in range(_ATTEMPTS):
        stage.arrange(wanted, by=way)
        first = stage.lane.cancel_unjudged(symbol, least_s=math.inf if attempt else _ENOUGH_S)
        again = cancel_all(stage, symbol, again=True).exchange
        if again is None or stage.lane.clock.of_one_second(first.sent_at, again.came_at):
            break


@cancels
@verifies("cancel.scope-symbol")
@needs(arrange=True)
def test_a_symbol_is_matched_exactly(stage: Stage) -> None:
    """A market's name in another case, cut short, prolonged or with a hyphen is another name: no order of the market
    is touched. That in another case is said with each credential, the others with one after the other.
    """
    market = stage.markets[0]
    names: list[str | None] = [name for how in ALTERED if (name := ALTERED[how](market.symbol))]  # nothing is odd input
    both_sides = partial(stage.arrange, [Wish(market, "buy"), Wish(market, "sell")])
    credentials = stage.caller.credentials
    each = [*zip(names[:1] * len(credentials), credentials, strict=True)]
    each += zip(names[1:], itertools.cycle(credentials), strict=False)
    cancel_nothing(stage, each, arrange=both_sides, may_reject=True)
