"""Orders that were brought about partly filled: what lists show of them is what they have traded."""

from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from decimal import Decimal
from typing import NamedTuple

from conformance.account.looks import lists_about
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.oracle.fills import FILLS, Fills
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.scenarios.strangers import expect_nobody_else_trades
from conformance.stage.book import Crossed
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach, CannotJudge

_AGAIN = 2  # times: what somebody else does by chance is hardly the same each time


class Doubt(NamedTuple):
    """An order that does not add up with those that filled it, and the requirements that it breaks for that."""

    crossed: Crossed
    broken: Set[str | None]


def doubts(stage: Stage) -> list[Doubt]:
    """What was just placed and filled, where the two accounts do not tell the same of their trades, once lists must
    show all, and an order shows another sum or average than those that have filled it.
    """
    doubted, crossed = stage.lane.trades.take_doubted(), [*stage.arranger.book.crossed]
    shown: Mapping[View, Snapshot] = {view: view.latest() for view in stage.lane.views}
    if not any(each.wish.market.symbol in doubted and _breaches(each, shown) for each in crossed):
        return []
    shown = _once_all_is_shown(stage)
    symbols = stage.lane.trades.unbalanced(doubted, *map(_placed, stage.lane.views))
    found = [(each, _breaches(each, shown)) for each in crossed if each.wish.market.symbol in symbols]
    return [Doubt(each, {breach.requirement for breach in breaches}) for each, breaches in found if breaches]


def expect_none(stage: Stage, doubted: Sequence[Doubt]) -> None:
    """Raise a Violation where such an order is placed alone, and does not add up each time, though nobody else trades
    there. What does is somebody else's doing.
    """
    for each in doubted:
        with suppress(CannotJudge):
            expect_nobody_else_trades(stage, each.crossed.wish.market)
            _expect_again(stage, each)


def _expect_again(stage: Stage, doubt: Doubt) -> None:
    for _ in range(_AGAIN):
        for view in stage.lane.views:
            stage.clear(view)
        stage.arranger.arrange(doubt.crossed.view, [doubt.crossed.wish], by="placing")
        stage.wait_until_listed(*stage.lane.views)
        shown = _once_all_is_shown(stage)
        [again] = stage.arranger.book.crossed
        breaches = [breach for breach in _breaches(again, shown) if breach.requirement in doubt.broken]
        if not breaches:
            return
    orders = [order for seen in shown.values() for id, order in seen.orders.items() if id in (again.made, *again.by)]
    lists = {id(each): each for order in orders for seen in shown.values() for each in _lists(order.id, seen)}
    stage.caller.observations.report(breaches, *lists.values(), raising=True)


def _placed(view: View) -> list[Order]:
    return [order for order in view.latest().orders.values() if view.own.placed(order)]


def _lists(order: str, seen: Snapshot) -> Sequence[Exchange]:
    return lists_about(seen.orders[order], seen) if order in seen.orders else ()


def _once_all_is_shown(stage: Stage) -> Mapping[View, Snapshot]:
    sleep(stage.target.settle_ms / 1000 + stage.caller.behind.lag_s)
    with stage.driver.setting_up():
        return {view: view.fresh() for view in stage.lane.views}


def _breaches(crossed: Crossed, shown: Mapping[View, Snapshot]) -> list[Breach]:
    """What does not add up, as far as all of these orders are shown, and can be read; nothing where one was filled at a
    price that is not between its own and that of the other: somebody else's order was nearer.
    """
    view, wish, made, by = crossed
    if view.opposite is None or any(seen.unread for seen in shown.values()):
        return []
    orders, there = shown[view].orders, shown[view.opposite].orders
    if made is None or made not in orders or any(id is None or id not in there for id in by):
        return []
    order, met = orders[made], [there[id] for id in by if id is not None]
    if any(each.filled_qty and not _is_between(each.avg_fill_price, each, order) for each in met):
        return []
    fills = Fills(order, met, wish.market.tick)
    return [each._replace(got=f"{each.got} on {fills.order}") for each in FILLS.judge(fills).breaches]


def _is_between(price: Decimal, one: Order, other: Order) -> bool:
    return (
        one.price is None or other.price is None or min(one.price, other.price) <= price <= max(one.price, other.price)
    )
