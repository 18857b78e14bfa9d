"""Orders that are placed in the book: those that rest, and those that the lane's other account takes from."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import chain, zip_longest
from typing import NamedTuple

from conformance.account.view import View
from conformance.profile import Market
from conformance.stage.lane import Lane
from conformance.stage.placement import Placing, order, place
from conformance.stage.tifs import Tifs
from conformance.stage.wishes import Role, Wish
from conformance.verdict import DriverRefused
from conformance.wire.signer import Credential

# Where there is room, prices are left for so many orders of a market and side that are taken from.
_CROSSED = 8

# How many ticks away from the resting price an order may be placed, so that prices differ.
_DEPTH = 5


class _Crossing(NamedTuple):
    """An order of this side that is `made`, and those `by` which it is filled: they take from it, or it takes them, or
    it takes the first of them alone.
    """

    side: str
    made: Placing
    by: list[Placing]
    role: Role

    @property
    def taken(self) -> list[Placing]:
        """What has to stand there for it to take."""
        return self.by[: {"maker": 0, "taker": len(self.by), "both": 1}[self.role]]

    @property
    def taking(self) -> list[Placing]:
        """What takes from it."""
        return self.by[len(self.taken) :]

    def is_better_than(self, other: "_Crossing") -> bool:
        """Whether it stands at a price that is met before that of the other one."""
        mine, others = self.made.ticket.price, other.made.ticket.price
        assert mine is not None
        assert others is not None
        return mine > others if self.side == "buy" else mine < others


def stand_at_most(market: Market) -> int:
    """How many orders of one side, partly filled, can stand between the resting prices of a market: each at a price of
    its own, and at none that the other side may have, unless there is but one.
    """
    ticks = int((market.resting_sell - market.resting_buy) / market.tick)
    return max(min(ticks - 1, 1), (ticks - 1) // 2)


class Crossed(NamedTuple):
    """An order of this view that was placed and is partly filled, and those of the opposite one that it has met: their
    ids, where the target tells them.
    """

    view: View
    wish: Wish
    made: str | None
    by: Sequence[str | None]


class Book:
    """Places orders of one lane, side by side where they do not trade with each other."""

    def __init__(self, lane: Lane, rng: random.Random) -> None:
        self._lane = lane
        self._rng = rng
        self._crossed: Counter[tuple[str, str]] = Counter()  # orders to be taken from, by market and side
        self._crossing_now: Counter[tuple[str, str]] = Counter()  # those of them that are being arranged
        self._looked_in_between = False
        self.crossed: list[Crossed] = []  # of those that were arranged last
        self.tifs = Tifs()

    def arrange(self, wishes: Mapping[View, Sequence[Wish]], beside: Sequence[Callable[[], None]] = ()) -> None:
        """Place these orders of each account; `beside`: what is sent at once with the first of them.

        Raises DriverRefused.
        """
        self._crossed.clear()
        self.crossed.clear()
        of_all = [wish for some in wishes.values() for wish in some]
        self._crossing_now = Counter((wish.market.symbol, wish.side) for wish in of_all if wish.fills)
        crossings: defaultdict[str, list[_Crossing]] = defaultdict(list)
        wishes_of: list[tuple[Wish, _Crossing]] = []
        resting = []
        each = [(view, wish) for view, some in wishes.items() for wish in some]
        for view, wish in sorted(each, key=lambda each: each[1].role != "maker"):
            # Of each order a lot is left; at a resting price what rests there would be met.
            lots = int(wish.market.quantity / wish.market.lot) if stand_at_most(wish.market) else 1
            fills = min(wish.fills, lots - 1)
            if fills > 0 and view.opposite is not None:
                share = Decimal("0.5") if fills == 1 else Decimal("0.1")
                made, by = self._crossing(view, wish.market, wish.side, share, fills, wish.credential, wish.role)
                crossing = _Crossing(wish.side, made, by, wish.role)
                crossings[wish.market.symbol].append(crossing)
                wishes_of.append((wish, crossing))
            else:
                resting.append(self.resting(view, wish.market, wish.side, wish.price, wish.credential))
        ids = self._place(resting, [_steps(some) for some in crossings.values()], beside)
        for wish, one in wishes_of:
            met = [ids.get(id(each)) for each in one.by]
            self.crossed.append(Crossed(one.made.view, wish, ids.get(id(one.made)), met))

    def rest(self, orders: Sequence[Placing]) -> None:
        """Place orders that rest. Raises DriverRefused."""
        place(self._lane.driver, *orders)

    def cross(self, maker: View, market: Market, side: str, share: Decimal) -> None:
        """Let `share` of an order of `maker` be filled by the lane's other account. Raises DriverRefused."""
        made, by = self._crossing(maker, market, side, share)
        self._place([], [[[made], by]])

    def resting(
        self,
        view: View,
        market: Market,
        side: str,
        price: Decimal | None = None,
        credential: Credential | None = None,
    ) -> Placing:
        """An order that rests, by default at a price about the resting one."""
        price = self.resting_price(market, side) if price is None else price
        return order(view, market, side, price, market.quantity, credential=credential)

    def resting_price(self, market: Market, side: str) -> Decimal:
        """A price about the resting one, left to chance."""
        away = self._rng.randrange(_DEPTH) * market.tick
        return max(market.tick, market.resting_buy - away) if side == "buy" else market.resting_sell + away

    def _crossing(
        self,
        maker: View,
        market: Market,
        side: str,
        share: Decimal,
        times: int = 1,
        credential: Credential | None = None,
        role: Role = "maker",
    ) -> tuple[Placing, list[Placing]]:
        """An order of `maker`, and those of the opposite account that meet `share` of it each, where neither rests. Who
        takes, the latter where the former is "maker", gets a better price than its limit, where there is room for one.

        Where it matters with which credential it is placed, they are placed with each, the first with the same.
        """
        taker = maker.opposite
        if taker is None:
            raise DriverRefused("one account cannot fill its own orders: add [accounts.other]")
        price = self._untouched_price(market, side)
        taken = max(market.lot, market.quantity * share // market.lot * market.lot)
        made = order(maker, market, side, price, market.quantity, credential=credential)
        opposite = "sell" if side == "buy" else "buy"
        kinds: Sequence[Credential | None] = [None] if credential is None else taker.account.credentials
        first = kinds.index(credential) if credential in kinds else 0
        by = [kinds[(first + number) % len(kinds)] for number in range(times)]
        # What rests beside the next price would meet the order that stands there.
        if role != "maker" and _half_in_ticks(market) < 2 * (self._prices(market, side) + 1):
            beyond = price
        else:
            # Beyond the resting price others may be met.
            beyond = max(price - market.tick, market.resting_buy)
            if side == "sell":
                beyond = min(price + market.tick, market.resting_sell)
        resting = {"maker": 0, "taker": times, "both": 1}[role]
        tifs = [None if number < resting else self.tifs.next() for number in range(times)]
        return made, [
            order(taker, market, opposite, beyond, taken, credential=each, at_once=tif)
            for each, tif in zip(by, tifs, strict=True)
        ]

    def _place(
        self,
        resting: Sequence[Placing],
        chains: Sequence[Sequence[Sequence[Placing]]],
        beside: Sequence[Callable[[], None]] = (),
    ) -> dict[int, str | None]:
        """Place what rests, and the chains beside it, each step by step: orders of one market and side may meet. The
        ids of the orders, by which object asked for each: two may be asked for alike.
        """
        steps = _at_once(chains)
        ids: dict[int, str | None] = {}
        for number, step in enumerate(steps or [[]]):
            first = number == 0
            orders = [*(resting if first else ()), *step]
            placed = place(self._lane.driver, *orders, beside=beside if first else ())
            ids |= zip(map(id, orders), placed, strict=True)
            self.tifs.note([*zip(orders, placed, strict=True)])
            if steps and not self._looked_in_between:
                # Lists show one order before it is filled, so that what they show of it later can be held against that.
                self._looked_in_between = True
                with self._lane.driver.setting_up():
                    step[0].view.fresh()
        return ids

    def _untouched_price(self, market: Market, side: str) -> Decimal:
        """A price between the resting ones at which the next order of this side is the first to be taken from.

        Each is a step better than the one before, so that what is left of that one stays behind it.
        """
        number, prices, half = self._crossed[market.symbol, side], self._prices(market, side), _half_in_ticks(market)
        self._crossed[market.symbol, side] = (number + 1) % prices
        ticks = min(int(half), max(number + 1, int(half * (number + 1) / (prices + 1))))
        away = ticks * market.tick
        return market.resting_buy + away if side == "buy" else market.resting_sell - away

    def _prices(self, market: Market, side: str) -> int:
        """So many orders of this side find a price of their own."""
        return min(max(stand_at_most(market), 1), max(_CROSSED, self._crossing_now[market.symbol, side]))


def _steps(crossings: Sequence[_Crossing]) -> list[list[Placing]]:
    """What is placed at once, step by step, so that each of these orders of a market is filled by what is meant for it.

    Of one side each is placed once the one before is filled, since it is met first; those of the other side, beside it.
    What an order is to take must be met by no other: those that take come behind, one side after the other. All that
    they take of one side stands there before the first of them comes, since each of them takes the nearest of it; from
    the beginning, where nothing else is filled on the other side.
    """
    chains: defaultdict[str, list[list[Placing]]] = defaultdict(list)
    turns: defaultdict[str, list[list[_Crossing]]] = defaultdict(list)
    for each in crossings:
        if each.role == "maker":
            chains[each.side] += [[each.made], each.by]
        elif (of_side := turns[each.side]) and each.is_better_than(of_side[-1][-1]):
            of_side[-1].append(each)
        else:
            of_side.append([each])
    steps = _at_once(list(chains.values()))
    alone = len({each.side for each in crossings}) == 1
    for number, turn in enumerate(chain.from_iterable(turns.values())):
        taken = [placing for each in turn for placing in each.taken]
        if alone and number == 0 and steps:
            steps[0] += taken
        else:
            steps.append(taken)
        steps += [step for each in turn for step in ([each.made], each.taking) if step]
    return steps


def _at_once(chains: Sequence[Sequence[Sequence[Placing]]]) -> list[list[Placing]]:
    """The steps of these chains, each with the others of the same number."""
    return [list(chain.from_iterable(step)) for step in zip_longest(*chains, fillvalue=())]


def _half_in_ticks(market: Market) -> Decimal:
    """How far it is from a resting price to the middle between both."""
    return (market.resting_sell - market.resting_buy) / 2 / market.tick
