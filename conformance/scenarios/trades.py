"""Trades between a lane's two accounts, made so that every way to get a sum or an average wrong shows."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import permutations

from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.oracle.fills import FILLS, Fills
from conformance.orders import Order
from conformance.profile import Market
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.placement import Placing, order, place, prices_between
from conformance.stage.stage import Stage
from conformance.verdict import Breach, DriverRefused

# Fills of 1, 2 and 4 lots: mean, last, first and true average all differ, and so do their sums. Where others tell more,
# these are not taken.
_LOTS = (1, 2, 4)
_LEAST_LOTS = 9
_MOST_LOTS = 12  # of a larger quantity no more is looked at

# Prices between the resting ones, of which none is in the very middle, where strangers tend to meet.
_PRICES = 6

# So many ticks apart, a wrong average differs from the right one by more than a tick.
_APART = 3

# The same trade may be made again, since somebody else can have come in between; what is wrong twice alike is wrong.
_ATTEMPTS = 4

OPPOSITE = {"buy": "sell", "sell": "buy"}


class Disturbed(Exception):
    """Somebody else traded with these orders."""


def telling_lots(lot: Decimal, most: int) -> tuple[int, ...]:
    """Three different numbers of lots whose sum has a tail where it is added up in binary floats, as 0.1 + 0.2 has.

    Fewer than `most` in all, so that some of the order is left. Where no three do, as with whole lots: the plain ones.
    """
    for lots in permutations(range(1, most - 2), 3):
        exact = sum(lots) * lot
        added = sum(float(each * lot) for each in lots)
        if sum(lots) < most and Decimal(repr(added)) != exact:
            return lots
    return _LOTS


class Trading:
    """Trades in one market between the caller and the other account, which has to be there.

    `steps`: how the last of them came about, as evidence.
    """

    def __init__(self, stage: Stage, market: Market) -> None:
        assert stage.other_view is not None
        if market.quantity < _LEAST_LOTS * market.lot:
            raise DriverRefused(f"{market.quantity} are too few lots of {market.lot} to be filled in parts")
        self.stage, self._market, self._other = stage, market, stage.other_view
        self.steps: tuple[Exchange, ...] = ()
        self._most = min(int(market.quantity / market.lot), _MOST_LOTS)
        self._lots = telling_lots(market.lot, self._most)

    def take(self, side: str) -> Fills:
        """The caller takes three orders of the other account, each at a price of its own, and still wants more."""
        prices = prices_between(self._market, _PRICES, _APART)
        limit = prices[-1] if side == "buy" else prices[0]
        resting = prices[1:4] if side == "buy" else prices[3:0:-1]
        with self._new() as new:
            self._place(*map(self._order, [self._other] * 3, [OPPOSITE[side]] * 3, resting, self._lots))
            self._expect_untouched(new(self._other))
            self._place(self._order(self.stage.view, side, limit, self._most))
            return self._fills(new)

    def make(self, side: str, *, whole: bool = False) -> Fills:
        """Three orders of the other account take from one of the caller: the `whole` of it, or they leave some."""
        price = prices_between(self._market, _PRICES, _APART)[2]
        with self._new() as new:
            self._place(self._order(self.stage.view, side, price, sum(self._lots) if whole else self._most))
            self._expect_untouched(new(self.stage.view))
            for lots in self._lots:
                self._place(self._order(self._other, OPPOSITE[side], price, lots))
            return self._fills(new)

    def sell_at_market(self) -> Fills:
        """The caller sells at whatever price, to two orders of the other account."""
        prices = prices_between(self._market, _PRICES, _APART)
        with self._new() as new:
            self._place(
                *(self._order(self._other, "buy", price, lots) for price, lots in ((prices[3], 1), (prices[2], 2)))
            )
            self._expect_untouched(new(self._other))
            self._place(self._order(self.stage.view, "sell", None, 3))
            return self._fills(new)

    def buy_for_an_amount(self) -> Fills:
        """The caller buys for an amount that does not come out even, from two orders of the other account."""
        prices, lot = prices_between(self._market, _PRICES, _APART), self._market.lot
        spent = prices[1] * lot + prices[2] * 2 * lot
        self.amount = _uneven(spent + prices[2] * lot / 3, self._market.tick)
        with self._new() as new:
            self._place(
                *(self._order(self._other, "sell", price, lots) for price, lots in ((prices[1], 1), (prices[2], 5)))
            )
            self._expect_untouched(new(self._other))
            self._place(order(self.stage.view, self._market, "buy", None, None, self.amount))
            return self._fills(new)

    def _order(self, view: View, side: str, price: Decimal | None, lots: int) -> Placing:
        return order(view, self._market, side, price, lots * self._market.lot)

    def _place(self, *orders: Placing) -> None:
        place(self.stage.driver, *orders)

    @contextmanager
    def _new(self) -> Iterator[Callable[[View], list[Order]]]:
        """Inside, what is new in an account; behind, nothing of it is left in the book."""
        stage = self.stage
        stage.clear()
        before = {view.account.name: view.believed() for view in stage.lane.views}

        def new(view: View) -> list[Order]:
            return view.believed().unknown_to(before[view.account.name])

        for view in stage.lane.views:
            view.changing()
        try:
            with stage.driver.noting() as steps:
                yield new
            self.steps = tuple(steps)
            cancel_all(stage)  # what is left of an order with several fills
        finally:
            stage.clear()
            if any(order.live for order in new(self._other)):
                stage.clear(self._other)

    def _expect_untouched(self, resting: list[Order]) -> None:
        if any(order.status != "open" for order in resting):
            raise Disturbed

    def _fills(self, new: Callable[[View], list[Order]]) -> Fills:
        by, own = new(self._other), new(self.stage.view)
        if len(own) != 1:
            raise Disturbed
        # In an order of their own, since lists may shuffle equals: the same mistake has to read the same twice.
        by.sort(key=lambda order: (order.avg_fill_price, order.filled_qty))
        return Fills(own[0], by, self._market.tick)


def add_up(trading: Trading, trade: Callable[[], Fills]) -> Fills | None:
    """Make the trade, and judge what became of the caller's order. Raises Violation.

    None where it could not be judged, since somebody else came in between each time.
    """
    stage = trading.stage
    observations = stage.caller.observations
    met: Counter[Breach] = Counter()
    for _ in range(_ATTEMPTS):
        try:
            fills = trade()
        except Disturbed:
            continue
        judgement = FILLS.judge(fills)
        if not judgement.breaches:
            observations.count(judgement.saw)
            return fills
        met.update(judgement.breaches)
        if confirmed := [breach for breach in judgement.breaches if met[breach] > 1]:
            evidence = [view.latest().exchanges[0] for view in stage.lane.views]
            told = [breach._replace(got=f"{breach.got} on {fills.order}") for breach in confirmed]
            observations.report(told, *trading.steps, *evidence, raising=True)
    return None


def meet(stage: Stage, market: Market, victim: Order) -> None:
    """Let the other account place an order that would trade with `victim`, were it live; nothing of it is left."""
    other = stage.other_view
    assert other is not None
    before = other.believed()
    other.changing()
    place(stage.driver, order(other, market, OPPOSITE[victim.side], victim.price, victim.quantity))
    if any(order.live for order in other.believed().unknown_to(before)):
        stage.clear(other)


def _uneven(amount: Decimal, tick: Decimal) -> Decimal:
    """The amount, cut off at the tick; a whole number would hide a rounding."""
    cut = amount // tick * tick
    return cut if cut != cut.to_integral_value() else cut + tick
