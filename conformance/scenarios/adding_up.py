"""Orders that were brought about partly filled: what lists show of them is what they have traded."""

from collections.abc import Iterator, Mapping, Sequence, Set

from conformance.account.looks import lists_about
from conformance.account.view import View
from conformance.oracle.fills import FILLS, Fills
from conformance.oracle.snapshot import Snapshot
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
    if not any(True for _ in _wrong(stage, symbols, {view: view.latest() for view in stage.lane.views})):
        return
    sleep((stage.target.settle_ms + stage.target.consistency_ms) / 1000)
    with stage.driver.setting_up():
        now = {view: view.fresh() for view in stage.lane.views}
    for market, breaches, fills in _wrong(stage, symbols, now):
        shown = [(each, seen) for each in (fills.order, *fills.by) for seen in now.values() if each.id in seen.orders]
        lists = [lists_about(*each) for each in shown]
        expect_nobody_else_trades(stage, market)
        evidence = {id(exchange): exchange for some in lists for exchange in some}
        told = [breach._replace(got=f"{breach.got} on {fills.order}") for breach in breaches]
        stage.caller.observations.report(told, *evidence.values(), raising=True)


def _wrong(
    stage: Stage, symbols: Set[str], shown: Mapping[View, Snapshot]
) -> Iterator[tuple[Market, Sequence[Breach], Fills]]:
    """Of what was placed last in these markets, and is shown, what does not add up."""
    if any(seen.unread for seen in shown.values()):
        return
    for view, market, made, by in stage.arranger.book.crossed:
        if market.symbol not in symbols or view.opposite is None:
            continue
        orders, there = shown[view].orders, shown[view.opposite].orders
        if made is None or made not in orders or any(id is None or id not in there for id in by):
            continue
        fills = Fills(orders[made], [there[id] for id in by if id is not None], market.tick)
        if breaches := FILLS.judge(fills).breaches:
            yield market, breaches, fills
