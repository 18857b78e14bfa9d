"""Requests at the same moment: several workers let go by a barrier, each with a warm connection of its own."""

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from conformance.account.account import Canceled
from conformance.evidence import Exchange
from conformance.oracle.races import RACES, Race
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.trades import OPPOSITE
from conformance.stage.placement import place, prices_between
from conformance.stage.stage import Stage
from conformance.verdict import Breach, DriverRefused

T = TypeVar("T")

# Two that cancel beside two that place or take.
_WORKERS = 4

# Orders placed, or taken, by each worker while one cancel-all runs: some before it, some within, some behind.
_EACH = 3

_PRICES = 8

# Breaches that somebody else could have caused count once they were met so often.
_MET_TWICE = 2


class Races:
    """Races on one stage. Its workers live as long as it does: use it as a context."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._pool = ThreadPoolExecutor(_WORKERS)
        self._uncertain = 0
        self._race = itertools.count()

    def __enter__(self) -> "Races":
        self._at_once(*[lambda: self._stage.caller.list(Query(limit=1))] * _WORKERS)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def cancel_and_cancel(self, symbols: Sequence[str | None]) -> None:
        """Cancel-alls with these symbols (None: all markets), at least one of them for all, over what is live."""
        before = self._before()
        answers = self._at_once(*[self._canceling(symbol) for symbol in symbols])
        self._judge(before, answers)

    def cancel_and_place(self, market: Market) -> None:
        """Cancel-all while orders are placed, from two connections."""
        stage, placed = self._stage, set[str]()

        def placing() -> None:
            for number in range(_EACH):
                side = ("buy", "sell")[number % 2]
                price = market.resting_buy if side == "buy" else market.resting_sell
                id = place(stage.driver, stage.view, market, side, price, market.quantity)
                placed.update(() if id is None else (id,))

        before = self._before()
        with stage.driver.noting() as placements:
            answer = self._beside(placing)
        self._judge(before, [answer], placements, placed=placed)

    def cancel_and_take(self, market: Market, side: str) -> None:
        """Cancel-all while the other account takes from the caller's orders, from two connections."""
        stage, other = self._stage, self._stage.other_view
        assert other is not None
        # Each race at a price of its own, so that a stranger's order is hardly ever at the same.
        price = prices_between(market, _PRICES)[next(self._race) % _PRICES]
        stage.clear()
        others_before = set(other.believed().orders)
        for _ in range(2 * _EACH):
            place(stage.driver, stage.view, market, side, price, market.quantity)
        before = self._before()

        def taking() -> None:
            for _ in range(_EACH):
                place(stage.driver, other, market, OPPOSITE[side], price, market.quantity)

        with stage.driver.noting() as placements:
            answer = self._beside(taking)
        try:
            self._judge(before, [answer], placements, others_before=others_before)
        finally:
            if any(order.live for id, order in other.latest().orders.items() if id not in others_before):
                stage.clear(other)

    def _before(self) -> Snapshot:
        before = self._stage.view.believed()
        self._stage.view.decline_to_harm()
        return before

    def _canceling(self, symbol: str | None) -> Callable[[], Canceled]:
        return lambda: self._stage.caller.cancel_all(symbol)

    def _beside(self, what: Callable[[], None]) -> Canceled:
        """What cancel-all answers while two workers do this."""
        answers: list[Canceled] = []
        self._at_once(lambda: answers.append(self._stage.caller.cancel_all()), what, what)
        return answers[0]

    def _judge(
        self,
        before: Snapshot,
        answers: Sequence[Canceled],
        placements: Sequence[Exchange] = (),
        placed: set[str] | None = None,
        others_before: set[str] | None = None,
    ) -> None:
        view, other = self._stage.view, self._stage.other_view
        view.canceled()
        after = view.believed()
        takers = []
        if others_before is not None and other is not None:
            other.changing()
            takers = [order for id, order in other.believed().orders.items() if id not in others_before]
        race = Race(
            before=before,
            after=after,
            answers=[answer.orders for answer in answers],
            placed=placed or frozenset(),
            takers=takers,
            broken_off=any(answer.tried_before for answer in answers),
        )
        judgement = RACES.judge(race)
        raced = (*(answer.exchange for answer in answers), *placements)
        evidence = (*before.exchanges[:1], *raced, *after.exchanges[:1])
        view.account.observations.report(self._counted(judgement.breaches), *evidence, raising=True)
        view.account.observations.count(dict.fromkeys(judgement.saw, 1))

    def _counted(self, breaches: list[Breach]) -> list[Breach]:
        """Those that are certain, and the others once they were met often enough."""
        if any(not breach.certain for breach in breaches):
            self._uncertain += 1
        met_again = self._uncertain >= _MET_TWICE
        return [breach._replace(certain=True) for breach in breaches if breach.certain or met_again]

    def _at_once(self, *runners: Callable[[], T]) -> list[T]:
        """What each returned, all having been let go together. Raises what one of them raised, all having ended."""
        barrier = threading.Barrier(len(runners))

        def start(run: Callable[[], T]) -> T:
            barrier.wait()
            return run()

        running = [self._pool.submit(start, run) for run in runners]
        refused: DriverRefused | None = None
        results = []
        for each in running:
            try:
                results.append(each.result())
            except DriverRefused as reason:
                refused = reason
        if refused is not None:
            raise refused
        return results
