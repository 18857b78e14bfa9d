"""Whether somebody else trades between the prices at which orders of this run rest."""

from conformance.profile import Market
from conformance.stage.placement import has_room, order, place, prices_between
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Inconclusive

# Who takes from what two accounts of this run offer each other is quicker than this.
_TAKEN_WITHIN_S = 1.0

_PRICES = 6  # who takes need not take each


def expect_nobody_else_trades(stage: Stage, market: Market) -> None:
    """Let orders of the caller stand between the resting prices of this market, where nothing of this run meets them.
    Raises Inconclusive where some is filled: what two accounts have traded with each other alone cannot be told there.
    Raises DriverRefused where there is no room for them.
    """
    prices = prices_between(market, _PRICES if has_room(market, _PRICES) else 2)
    half = len(prices) // 2
    stage.clear()
    before = stage.view.believed()
    sides = [*(("buy", price) for price in prices[:half]), *(("sell", price) for price in prices[half:])]
    place(stage.driver, *(order(stage.view, market, side, price, market.quantity) for side, price in sides))
    sleep(_TAKEN_WITHIN_S)
    seen = stage.view.settled()
    stage.clear()
    if filled := [each for each in seen.unknown_to(before) if each.filled_qty and stage.view.own.owns(each)]:
        raise Inconclusive(
            f"{filled[0]} was filled though nothing of this run met it: somebody else trades between the resting "
            f"prices of {market.symbol}"
        )
