"""Requests at the same moment: cancel-alls of one account or of both, and orders that are placed or taken meanwhile."""

import itertools
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from conformance.account.answers import Canceled
from conformance.account.blame import charge
from conformance.account.looks import with_lists
from conformance.oracle.races import RACES, Race, filled_meanwhile
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.heat import CancelAll, Heat
from conformance.scenarios.placed import placed_since
from conformance.scenarios.strangers import expect_nobody_else_trades
from conformance.scenarios.timing import Aim, in_turn
from conformance.scenarios.trades import OPPOSITE
from conformance.stage.placement import has_room, order, place, prices_between
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Breach, CannotJudge


@dataclass(frozen=True, slots=True)
class Together:
    """So many cancel-alls of the caller at the same moment; `of_one_market`: the last of them names a market.

    `listed`: this list is asked for right before. `other_too`: the other account cancels what it has as well.
    """

    cancel_alls: int
    of_one_market: bool = False
    listed: Query | None = None
    other_too: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """What the other account takes while so many cancel-alls run: whole orders, from two connections, or `half` of one
    in each market that is canceled, which is live still.

    `just_before`: half of one is taken, and the trade confirmed, right before; `listed`: and this list is asked for
    before that. `of_one_market`: the last of the cancel-alls names the market.
    """

    half: bool
    just_before: bool = False
    of_one_market: bool = False
    cancel_alls: int = 1
    listed: Query | None = None


# Orders placed, or taken, while one cancel-all runs: two at a time, some before it, some within, some behind.
_ORDERS = 6

PRICES = 8  # of orders that are taken: one for each race, until they begin anew

# Breaches that somebody else could have caused count once they were met so often.
_MET_TWICE = 2

# What takes fills back while orders are filled has lost them to the cancel-all.
_WHILE_FILLED = {"cancel.keeps-fills": "cancel.concurrent-fill"}


class Races:
    """Races on one stage. Use it as a context: behind it, nothing is left of what the other account has placed.

    Each may be told which one is `following`: what that is about is brought about before the look behind this one, so
    that one look serves both. It is not there when this one is run, and no rule of races speaks of it.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._uncertain = 0
        self.unsure: list[Taking] = []  # races that showed once what somebody else could have caused
        self._race = itertools.count()
        self._turn = itertools.cycle(stage.caller.credentials)
        self._others_at_first: Set[str] | None = None
        self._aim = Aim()
        self._stands = False  # what the next race is about
        self._refused: CannotJudge | None = None  # why it does not

    def __enter__(self) -> "Races":
        return self

    def __exit__(self, *_: object) -> None:
        self._clear_takers()

    def cancel_and_cancel(
        self, wishes: Sequence[Wish], market: Market, together: Together, following: Together | None = None
    ) -> None:
        """Cancel-alls over these orders, at least one of them for all markets."""
        stage = self._stage
        other = stage.other_view if together.other_too else None
        heat = self._heat("cancel.concurrent-once", lambda: stage.arrange(wishes, bystander=together.other_too))
        others_before = None if other is None else other.believed()
        if other is not None:
            other.decline_to_harm()
        asked = self._cancel_alls(together.cancel_alls, market.symbol if together.of_one_market else None)
        others = [] if other is None else [CancelAll(other, None, other.account.credentials[0])]
        both = other is not None or (following is not None and following.other_too)
        answers = heat.run(
            [*asked, *others],
            just_before=lambda: _list(heat, together.listed),
            also=stage.lane.views if both else (),
            then=None
            if following is None
            else self._brings(partial(stage.bring, wishes, bystander=following.other_too)),
        )
        self._judge(heat, answers[: len(asked)])
        if other is not None and others_before is not None:
            others_after = other.believed()
            self._stage.caller.observations.report(other.lag.breaches(), raising=True)
            race = Race(others_before, others_after, [answers[-1].orders])
            breaches = charge(RACES.judge(race).breaches, "cancel.concurrent-once")
            found = with_lists(heat.closely(breaches), [others_before], heat.requests, [others_after])
            stage.caller.observations.report(found, raising=True)

    def cancel_and_place(
        self, wishes: Sequence[Wish], market: Market, *, of_one_market: bool = False, following: bool = False
    ) -> None:
        """Cancel-all over these orders, all of them of this market, while others are placed there. What an earlier race
        has left is canceled as well.
        """
        stage, placed = self._stage, set[str]()

        def placing(number: int) -> None:
            side = ("buy", "sell")[number // 2 % 2]
            price = market.resting_buy if side == "buy" else market.resting_sell
            [id] = place(stage.driver, order(stage.view, market, side, price, market.quantity))
            placed.update(() if id is None else (id,))

        heat = self._heat("cancel.concurrent-place", lambda: stage.arrange(wishes, beside_others=True))
        then = self._brings(lambda: stage.bring(wishes)) if following else None
        asked = self._cancel_alls(1, market.symbol if of_one_market else None, wait_s=self._aim.wait_s())
        answers = heat.run(asked, in_turn(placing, _ORDERS), then=then)
        race = self._judge(heat, answers, placed=placed)
        came_first = len(placed & race.told().keys())
        self._aim.learn(answers[-1].exchange, heat.placements, came_first, len(placed))

    def cancel_and_take(self, market: Market, side: str, taking: Taking, following: Taking | None = None) -> bool:
        """Cancel-alls while the other account takes from the caller's orders. Whether anything was filled."""
        stage, other = self._stage, self._stage.other_view
        assert other is not None
        number, took = next(self._race), set[str | None]()
        offers = self._offers(market, side, taking, number)
        if number % PRICES == 0:
            self._clear_takers()
        with stage.driver.setting_up():
            others_before = other.believed()
        if self._others_at_first is None:
            self._others_at_first = others_before.orders.keys()

        def bring(offers: Sequence[tuple[Market, Decimal]]) -> None:
            place(stage.driver, *(order(stage.view, at, side, price, at.quantity) for at, price in offers))

        def arrange() -> None:
            stage.clear()
            bring(offers)
            stage.wait_until_listed(stage.view)

        def take(number: int) -> None:
            at, price = offers[number]
            half = max(at.lot, at.quantity / 2 // at.lot * at.lot)
            took.update(
                place(stage.driver, order(other, at, OPPOSITE[side], price, half if taking.half else at.quantity))
            )

        heat = self._heat("cancel.concurrent-fill", arrange)
        # Whoever takes half of an order would take from the next one what was left of the one before.
        takers = in_turn(take, _ORDERS) if not taking.half else in_turn(take, len({*offers}), at_once=1)

        def just_before() -> None:
            _list(heat, taking.listed)
            for each in takers if taking.just_before else ():
                each()

        symbol = market.symbol if taking.of_one_market else None
        wait_s = 0 if taking.just_before else self._aim.wait_s()
        asked = self._cancel_alls(taking.cancel_alls, symbol, wait_s=wait_s)
        # Where the prices begin anew, what is left there is to be gone before.
        coming = None if following is None else self._offers(market, side, following, number + 1)
        answers = heat.run(
            asked,
            [] if taking.just_before else takers,
            just_before,
            also=stage.lane.views,
            then=self._brings(partial(bring, coming)) if coming and (number + 1) % PRICES else None,
        )
        uncertain = self._uncertain
        race = self._judge(heat, answers, others_before=others_before, took=took)
        self.unsure += [taking] * (self._uncertain - uncertain)
        if not taking.just_before:
            came_first = sum(bool(taker.filled_qty) for taker in race.takers)
            self._aim.learn(answers[-1].exchange, heat.placements, came_first, len(takers))
        return race.traded

    def _offers(self, market: Market, side: str, taking: Taking, number: int) -> list[tuple[Market, Decimal]]:
        """Where the caller's orders of this race stand, and at which price: those of which half is taken while
        cancel-all runs, in each market that is canceled and has room for them.
        """
        markets = [market]
        if taking.half and not (taking.just_before or taking.of_one_market):
            markets += [each for each in self._stage.markets if each is not market and has_room(each, PRICES)]
        each = itertools.cycle((at, _price_of(number, at, side)) for at in markets)
        return list(itertools.islice(each, max(_ORDERS, len(markets))))

    def _brings(self, bring: Callable[[], None]) -> Callable[[], None]:
        """Bring about what the next race is about. Where that fails, it is raised once this race has been judged."""

        def brings() -> None:
            try:
                bring()
                self._stands = True
            except CannotJudge as reason:
                self._refused = reason

        return brings

    def _clear_takers(self) -> None:
        other, at_first = self._stage.other_view, self._others_at_first
        if other is None or at_first is None:
            return
        if any(order.live for id, order in other.latest().orders.items() if id not in at_first):
            self._stage.clear(other)

    def _heat(self, requirement: str, arrange: Callable[[], None]) -> Heat:
        refused, self._refused = self._refused, None
        if refused is not None:
            raise refused
        stands, self._stands = self._stands, False
        return Heat(self._stage, requirement, arrange, stands=stands)

    def _cancel_alls(self, count: int, symbol: str | None = None, wait_s: float = 0) -> list[CancelAll]:
        """So many of the caller's, with each credential in turn, the last of them for this market."""
        symbols = [*[None] * (count - 1), symbol]
        return [CancelAll(self._stage.view, each, next(self._turn), wait_s) for each in symbols]

    def _judge(
        self,
        heat: Heat,
        answers: Sequence[Canceled],
        placed: set[str] | None = None,
        others_before: Snapshot | None = None,
        took: Set[str | None] = frozenset(),
    ) -> Race:
        view, other = self._stage.view, self._stage.other_view
        after = view.believed()
        takers, met_itself = [], Decimal(0)
        if others_before is not None and other is not None:
            others_after = other.believed()
            takers = placed_since(others_before, others_after, took)
            met_itself = filled_meanwhile(others_before.orders, others_after.orders)
        race = Race(
            before=heat.before,
            after=after,
            answers=[answer.orders for answer in sorted(answers, key=lambda answer: answer.exchange.sent_at)],
            placed=placed or frozenset(),
            takers=takers,
            met_itself=met_itself,
            broken_off=any(answer.tried_before or answer.unread for answer in answers),
        )
        judgement = RACES.judge(race)
        evidence = (*heat.before.exchanges[:1], *heat.requests, *after.exchanges[:1])
        breaches = [*view.lag.breaches(), *heat.closely(self._counted(judgement.breaches))]
        traded = {each.symbol for each in takers} if breaches else ()
        for market in self._stage.markets:
            if market.symbol in traded:
                expect_nobody_else_trades(self._stage, market)
        found = with_lists(breaches, [heat.before], heat.requests, [after])
        view.account.observations.report(found, raising=True)
        view.account.observations.count(dict.fromkeys(judgement.saw, 1))
        heat.readers.judge(heat.before, after, evidence, {} if others_before is None else _WHILE_FILLED)
        return race

    def _counted(self, breaches: list[Breach]) -> list[Breach]:
        """Those that are certain, and the others once they were met often enough."""
        if any(not breach.certain for breach in breaches):
            self._uncertain += 1
        met_again = self._uncertain >= _MET_TWICE
        return [breach._replace(certain=True) for breach in breaches if breach.certain or met_again]


def _price_of(number: int, market: Market, side: str) -> Decimal:
    """The price of this race: one of its own, so that a stranger's order is hardly ever at it; and one at which it does
    not meet what the race before has left.
    """
    number %= PRICES
    return prices_between(market, PRICES)[-1 - number if side == "buy" else number]


def _list(heat: Heat, query: Query | None) -> None:
    if query is not None:
        heat.readers.look(query)
