"""Orders that were brought about partly filled: what lists show of them is what they have traded."""

from collections.abc import Iterator, Sequence, Set

from conformance.account.looks import lists_about
from conformance.oracle.fills import FILLS, Fills
from conformance.profile import Market
from conformance.scenarios.strangers import expect_nobody_else_trades
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach


def expect_added_up(stage: Stage) -> None:
    """Raise a Violation where the two accounts do not tell the same of what was just traded between them, and an order
    shows another sum or average than those that have filled it.

    Looks again before that is said, once lists must show all. Raises Inconclusive where somebody else trades there.
    """
    symbols = stage.lane.trades.take_disagreed()
    if not any(True for _ in _wrong(stage, symbols)):
        return
    sleep((stage.target.settle_ms + stage.target.consistency_ms) / 1000)
    with stage.driver.setting_up():
        for view in stage.lane.views:
            view.fresh()
    for market, breaches, fills in _wrong(stage, symbols):
        shown = [view.latest() for view in stage.lane.views]
        lists = [
            lists_about(each, seen) for each in (fills.order, *fills.by) for seen in shown if each.id in seen.orders
        ]
        expect_nobody_else_trades(stage, market)
        evidence = {id(exchange): exchange for some in lists for exchange in some}
        told = [breach._replace(got=f"{breach.got} on {fills.order}") for breach in breaches]
        stage.caller.observations.report(told, *evidence.values(), raising=True)


def _wrong(stage: Stage, symbols: Set[str]) -> Iterator[tuple[Market, Sequence[Breach], Fills]]:
    """Of what was placed last in these markets, what does not add up."""
    if any(view.latest().unread for view in stage.lane.views):
        return
    for view, market, made, by in stage.arranger.book.crossed:
        if market.symbol not in symbols or view.opposite is None:
            continue
        orders, there = view.latest().orders, view.opposite.latest().orders
        if made is None or made not in orders or any(id is None or id not in there for id in by):
            continue
        fills = Fills(orders[made], [there[id] for id in by if id is not None], market.tick)
        if breaches := FILLS.judge(fills).breaches:
            yield market, breaches, fills
