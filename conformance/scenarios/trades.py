"""Trades between a lane's two accounts, made so that every way to get a sum or an average wrong shows."""

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import nullcontext, suppress
from decimal import Decimal
from itertools import count, zip_longest

from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.oracle.fills import FILLS, Fills
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.profile import Market
from conformance.scenarios.amounts import most_lots, telling_lots, trade_prices
from conformance.scenarios.cancellation import cancel_all
from conformance.scenarios.strangers import expect_nobody_else_trades
from conformance.stage.placement import Placing, order, place
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach, DriverRefused, Inconclusive

# The same trade may be made again, since somebody else can have come in between; what is wrong twice alike is wrong.
_ATTEMPTS = 4

# Environments in which all liquidity is made up; it is left out on loopback alone.
_NOBODY_ELSES = ("mock", None)

OPPOSITE = {"buy": "sell", "sell": "buy"}


class Disturbed(Exception):
    """Somebody else traded with these orders, or lists do not show all of them."""


Steps = Generator[tuple[Sequence[Placing], Sequence[View]], None, Fills]
"""A trade, step by step: what is placed at once, and which accounts are looked at behind it; and what came of it."""


class Trading:
    """Trades in one market between the caller and the other account, which has to be there. Raises DriverRefused where
    the market has no room for them.

    `evidence`: how the last of them came about. `is_partly_unread`: records of its orders may be among those that could
    not be read.
    """

    def __init__(self, stage: Stage, market: Market) -> None:
        assert stage.other_view is not None
        self.market, self._prices = market, trade_prices(market)
        self.evidence: tuple[Exchange, ...] = ()
        self.is_partly_unread = False
        self._both = self._caller, self._other = stage.view, stage.other_view
        self._before: Mapping[View, Snapshot] = {}
        self._first = stage.seed + stage.markets.index(market)
        self._turn = count(self._first)
        self._placed: Counter[View] = Counter()
        self._most = most_lots(market)
        self._lots = telling_lots(market.lot, self._most)
        tifs = stage.arranger.book.tifs.working
        self._at_once = tifs[self._first % len(tifs)] if tifs else None

    def take(self, side: str, *, whole: bool = False, by: int = 3) -> Steps:
        """The caller takes three orders of the other account, or as many as this is made `by`, each at a price of its
        own, and still wants more, or is filled `whole`.
        """
        prices = self._prices
        limit = prices[-1] if side == "buy" else prices[0]
        resting = prices[1:4] if side == "buy" else prices[3:0:-1]
        offered = self._lots[:by]
        offers = [self._order(self._other, OPPOSITE[side], *each) for each in zip(resting, offered, strict=False)]
        yield offers, [self._other]
        self._expect_untouched(self._other)
        lots, at_once = (sum(offered), self._at_once) if whole else (self._most, None)
        yield [self._order(self._caller, side, limit, lots, at_once=at_once)], self._both
        return self._fills()

    def make(self, side: str, *, whole: bool = False, alike: bool = False) -> Steps:
        """Three orders of the other account take from one of the caller: the `whole` of it, or they leave a single lot.
        They would do so at a worse price than they get. `alike`: the last takes as much as the first, more is left, and
        the caller's has taken some itself before, where that leaves enough.
        """
        lower, price, higher = self._prices[1:4]
        limit = lower if side == "buy" else higher
        taken = (*self._lots[:2], self._lots[0 if alike else 2])
        takes_first = alike and sum(taken) + 1 < self._most
        if takes_first:
            yield [self._order(self._other, OPPOSITE[side], limit, 1)], [self._other]
            self._expect_untouched(self._other)
        left = 0 if whole else 1 if not alike else self._most - sum(taken)
        made = [self._order(self._caller, side, price, sum(taken) + left)]
        if takes_first:
            yield made, []
        else:
            yield made, [self._caller]
            self._expect_untouched(self._caller)
        yield [self._order(self._other, OPPOSITE[side], limit, lots) for lots in taken], self._both
        return self._fills()

    def sell_at_market(self) -> Steps:
        """The caller sells at whatever price, to two orders of the other account, of which the second wants more."""
        offers = (self._prices[3], 1), (self._prices[2], 5)
        yield [self._order(self._other, "buy", *each) for each in offers], [self._other]
        self._expect_untouched(self._other)
        yield [self._order(self._caller, "sell", None, 3)], self._both
        return self._fills()

    def buy_for(self, amount: Decimal) -> Steps:
        """The caller buys for an amount, from two orders of the other account."""
        offers = (self._prices[1], 1), (self._prices[2], 5)
        yield [self._order(self._other, "sell", *each) for each in offers], [self._other]
        self._expect_untouched(self._other)
        yield [self._order(self._caller, "buy", None, None, amount)], self._both
        return self._fills()

    def uneven_amount(self) -> Decimal:
        """What `buy_for` can spend so that it does not come out even."""
        prices, lot = self._prices, self.market.lot
        spent = prices[1] * lot + prices[2] * 2 * lot
        return _uneven(spent + prices[2] * lot / 3, self.market.tick)

    def begin(self, before: Mapping[View, Snapshot]) -> None:
        """The accounts are so, before the trade. What is made again is placed with the same credentials."""
        self._before, self._turn = before, count(self._first)
        self._placed.clear()

    def noted(self, steps: Sequence[Exchange]) -> None:
        """Keep as evidence how the orders of this trade were placed; `steps`: those of others as well."""
        ids = [f'"{each.id}"' for view in self._before for each in self._new(view)]
        self.evidence = tuple(each for each in steps if any(id in each.response_body for id in ids))

    def _order(
        self,
        view: View,
        side: str,
        price: Decimal | None,
        lots: int | None,
        amount: Decimal | None = None,
        at_once: str | None = None,
    ) -> Placing:
        """An order that is placed with one credential after the other: a sum may be wrong for those of one alone."""
        credentials = view.account.credentials
        credential = credentials[next(self._turn) % len(credentials)]
        self._placed[view] += 1
        quantity = None if lots is None else lots * self.market.lot
        return order(view, self.market, side, price, quantity, amount, credential, at_once)

    def _new(self, view: View) -> list[Order]:
        new = view.believed().unknown_to(self._before[view])
        return [each for each in new if each.symbol == self.market.symbol]

    def _expect_untouched(self, view: View) -> None:
        if any(order.status != "open" for order in self._new(view)):
            raise Disturbed

    def _fills(self) -> Fills:
        by, own = self._new(self._other), self._new(self._caller)
        if len(own) != 1 or len(by) < self._placed[self._other]:
            raise Disturbed
        # In an order of their own, since lists may shuffle equals: the same mistake has to read the same twice.
        self.is_partly_unread = any(view.believed().unread for view in self._before)
        by.sort(key=lambda order: (order.avg_fill_price, order.filled_qty))
        return Fills(own[0], by, self.market.tick)


def add_up(stage: Stage, trades: Mapping[Trading, Callable[[], Steps]]) -> dict[Trading, Fills]:
    """Make these trades, each in a market of its own, and judge what became of the caller's orders. Raises Violation.

    Those are left out that could not be judged, since somebody else came in between each time.
    """
    observations = stage.caller.observations
    met: Counter[tuple[Trading, Breach]] = Counter()
    right: dict[Trading, Fills] = {}
    for _ in range(_ATTEMPTS):
        made = _made(stage, {trading: steps() for trading, steps in trades.items() if trading not in right})
        for trading, fills in made.items():
            judgement = FILLS.judge(fills)
            if not judgement.breaches:
                observations.count(judgement.saw)
                right[trading] = fills
            elif trading.is_partly_unread or any(view.believed().unread for view in stage.lane.views):
                raise Inconclusive("orders that cannot be read may be among those that traded")
            met.update((trading, breach) for breach in judgement.breaches)
            if confirmed := [breach for breach in judgement.breaches if met[trading, breach] > 1]:
                evidence = [view.latest().exchanges[0] for view in stage.lane.views]
                expect_nobody_else_trades(stage, trading.market)
                told = [breach._replace(got=f"{breach.got} on {fills.order}") for breach in confirmed]
                observations.report(told, *trading.evidence, *evidence, raising=True)
        if len(right) == len(trades):
            break
    return right


def _made(stage: Stage, trades: Mapping[Trading, Steps]) -> dict[Trading, Fills]:
    """What came of these trades, without those that somebody disturbed. Nothing of them is left in the book."""
    stage.clear()
    views, made, under_way = stage.lane.views, dict[Trading, Fills](), dict(trades)
    with stage.driver.setting_up():
        before = dict(zip(views, stage.look(*views), strict=True))
    if any(seen.orders and not seen.reaches(seen.stamps[-1]) for seen in before.values()):
        sleep(1)  # all are of one second: what is placed in it as well could be older, for all that lists tell
    for view in views:
        view.changing()
    for trading in trades:
        trading.begin(before)
    try:
        with stage.driver.noting() as steps:
            while under_way:
                placed: list[Placing] = []
                looked_at: set[View] = set()
                ends = False
                for trading, each in list(under_way.items()):
                    try:
                        orders, behind = next(each)
                        placed += orders
                        looked_at.update(behind)
                        ends |= len({*behind}) == len(views)
                    except (StopIteration, Disturbed) as ended:
                        del under_way[trading]
                        if isinstance(ended, StopIteration):
                            made[trading] = ended.value
                place(stage.driver, *placed)
                # Behind the last step of a trade both are looked at; before, that its orders stand untouched is set-up.
                with nullcontext() if ends else stage.driver.setting_up():
                    stage.look(*(view for view in views if view in looked_at))
        for trading in trades:
            trading.noted(steps)
        cancel_all(stage)  # what is left of an order with several fills
    finally:
        stage.clear()
        other = views[-1]
        if any(order.live for order in other.believed().unknown_to(before[other])):
            stage.clear(other)
    return made


def meet(stage: Stage, victims: Sequence[Order]) -> None:
    """Let the other account place orders that would trade with these, were they live; nothing of them is left.

    For each, one is at market price, where nobody's liquidity is taken by it but a mock's; there may be none to take.
    """
    other = stage.other_view
    assert other is not None
    of_markets = [[each for each in victims if each.symbol == market.symbol] for market in stage.markets]
    for at_once in zip_longest(*of_markets):  # what is offered to two of one market would trade with each other
        before = other.believed()
        other.changing()
        met = [(market, each) for market, each in zip(stage.markets, at_once, strict=True) if each is not None]
        if stage.target.environment in _NOBODY_ELSES:
            with suppress(DriverRefused):
                place(stage.driver, *(_offered(other, market, each, None) for market, each in met))
        place(stage.driver, *(_offered(other, market, each, each.price) for market, each in met))
        if any(order.live for order in other.believed().unknown_to(before)):
            stage.clear(other)


def take_a_lot(stage: Stage, market: Market, victim: Order) -> None:
    """Let the other account take a single lot of this live order, and look at both accounts; nothing is left of what it
    places.
    """
    other = stage.other_view
    assert other is not None
    place(stage.driver, order(other, market, OPPOSITE[victim.side], victim.price, market.lot))
    before = other.latest()
    stage.look(stage.view, other)
    if any(order.live for order in other.believed().unknown_to(before)):
        stage.clear(other)


def _offered(by: View, market: Market, victim: Order, price: Decimal | None) -> Placing:
    return order(by, market, OPPOSITE[victim.side], price, victim.quantity)


def _uneven(amount: Decimal, tick: Decimal) -> Decimal:
    """The amount, cut off at the tick; a whole number would hide a rounding."""
    cut = amount // tick * tick
    return cut if cut != cut.to_integral_value() else cut + tick
