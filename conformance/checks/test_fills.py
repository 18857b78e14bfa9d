"""Fills: what several of them add up to, on orders that take and on orders that are taken from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from conformance.account.known import Known
from conformance.declare import cancels, needs, verifies
from conformance.oracle.fills import Fills
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.amounts import are_tradable, tells_doubles_apart
from conformance.scenarios.placed import expect_placed_listed
from conformance.scenarios.trades import Steps, Trading, add_up
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation

QUOTE = "order.quote-quantity"

Kind = Callable[[Trading], Steps]


def _buy_taken_from(trading: Trading) -> Steps:
    return trading.make("buy", whole=True)


def _sell_taken_alike(trading: Trading) -> Steps:
    return trading.make("sell", alike=True)


def _sell_taken_from(trading: Trading) -> Steps:
    return trading.make("sell")


# Each in one of the markets, those first whose lots tell doubles apart. Three of them in as many markets are made side
# by side; where there are fewer markets, none is made in one of them twice.
TAKING: Sequence[tuple[int, Kind]] = (
    (0, lambda trading: trading.take("buy")),
    (1, lambda trading: trading.take("sell")),
    (2, lambda trading: trading.buy_for(trading.uneven_amount())),
)
TAKEN: Sequence[tuple[int, Kind]] = (
    (0, _buy_taken_from),
    (1, _sell_taken_alike),
    (2, Trading.sell_at_market),
    (1, lambda trading: trading.take("buy", whole=True)),
    (0, _sell_taken_from),
    (2, lambda trading: trading.take("sell", whole=True, by=2)),
)


@cancels
@verifies("order.filled-qty", "order.avg-fill-price", QUOTE)
@needs(place=True, other=True)
def test_fills_of_orders_that_take(stage: Stage) -> None:
    """Fills of different sizes, each at another price: the sum, and the average weighted by volume.

    What a market buy was to spend does not come out even: quote_quantity is that amount, whatever was spent.
    """
    for trading, fills in ((each, made[each]) for made in _made(stage, TAKING) for each in made):
        spent, due = fills.order.quote_quantity, trading.uneven_amount()
        if fills.order.type == "market" and fills.order.side == "buy" and spent != due:
            breach = Breach(f"quote_quantity {due}, as asked for", f"{spent} on {fills.order}", QUOTE)
            raise Violation(breach, *trading.evidence, *stage.view.latest().exchanges[:1])


@cancels
@verifies("order.filled-qty", "order.avg-fill-price")
@needs(place=True, other=True)
def test_fills_of_orders_that_are_taken_from(stage: Stage) -> None:
    """Three orders of the other account take amounts of a resting one, most of them different, some of it or
    all: the sum, and the average. Lists show the order once. Beside them, an order is sold at market price, and orders
    take all that they want, at better prices than their own.
    """
    counted: set[str] = set()
    for made in _made(stage, TAKEN):
        orders = {fills.order.side: fills.order.id for fills in made.values() if fills.order.type == "limit"}
        _expect_orders_counted(stage, [id for side, id in orders.items() if side not in counted])
        counted |= orders.keys()


def _made(stage: Stage, kinds: Sequence[tuple[int, Kind]]) -> Iterator[Mapping[Trading, Fills]]:
    """The trades of these kinds, and what came of them: side by side those in different markets, if they have room."""
    with_room = [market for market in stage.markets if are_tradable(market)] or stage.markets
    markets = sorted(with_room, key=tells_doubles_apart, reverse=True)
    waiting = list(dict.fromkeys((markets[number % len(markets)], kind) for number, kind in kinds))
    while waiting:
        at_once: dict[Market, Kind] = {}
        for market, kind in waiting:
            at_once.setdefault(market, kind)
        waiting = [each for each in waiting if each not in at_once.items()]
        trades = {(trading := Trading(stage, market)): partial(kind, trading) for market, kind in at_once.items()}
        made = add_up(stage, trades)
        yield made
        if len(made) < len(trades):
            expect_placed_listed(stage)
            raise NotObserved("other orders traded with those of this run each time, or lists did not show all of them")


def _expect_orders_counted(stage: Stage, ids: Sequence[str]) -> None:
    """Lists of orders with several fills, without a limit and by their status with one that they are among: each is one
    order, not several trades.
    """
    if not ids:
        return
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    queries = [Query()]
    for order in (known.snapshot.orders[id] for id in ids):
        alike = [each for each in known.snapshot.orders.values() if each.status == order.status]
        seconds = sorted((each.created_at for each in alike), reverse=True)
        ends = (number for number in range(2, len(seconds)) if seconds[number - 1] > seconds[number])
        if limit := next((number for number in ends if seconds[number - 1] <= order.created_at), None):
            queries.append(Query(status=order.status, limit=limit))
    with known.ahead(queries):
        for query in queries:
            known.expect(query)
