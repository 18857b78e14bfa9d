"""Requests at the same moment: several workers let go by a barrier, each with a connection of its own."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Literal, TypeVar

from conformance.account.account import Canceled
from conformance.account.blame import charge
from conformance.evidence import Exchange
from conformance.oracle.races import RACES, Race
from conformance.oracle.snapshot import Snapshot
from conformance.profile import Market
from conformance.scenarios.readers import Readers
from conformance.scenarios.trades import OPPOSITE
from conformance.stage.placement import place, prices_between
from conformance.stage.stage import Stage
from conformance.verdict import Breach, DriverRefused

T = TypeVar("T")

Taking = Literal["whole", "half", "half just before"]
"""What is taken: whole orders, from two connections; half of one; or the same a moment before. What a trade has taken
half of is live still.
"""

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
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def cancel_and_cancel(self, symbols: Sequence[str | None], *, other_too: bool = False) -> None:
        """Cancel-alls with these symbols (None: all markets), at least one of them for all, over what is live.

        `other_too`: the other account cancels what it has at the same moment.
        """
        before, readers = self._before(), self._readers()
        other = self._stage.other_view if other_too else None
        others_before = None if other is None else other.believed()
        if other is not None:
            other.decline_to_harm()
        canceling = [self._canceling(readers, symbol) for symbol in symbols]
        with readers.beside():
            answers = self._at_once(*canceling, *([] if other is None else [other.account.cancel_all]))
        self._judge(before, answers[: len(symbols)], readers)
        if other is not None and others_before is not None:
            other.canceled(answers[-1].orders)
            others_after = other.believed()
            race = Race(others_before, others_after, [answers[-1].orders])
            breaches = charge(RACES.judge(race).breaches, "cancel.concurrent-once")
            raced = (*others_before.exchanges[:1], *(each.exchange for each in answers), *others_after.exchanges[:1])
            self._stage.caller.observations.report(breaches, *raced, raising=True)

    def cancel_and_place(self, market: Market) -> None:
        """Cancel-all while orders are placed, from two connections."""
        stage, placed = self._stage, set[str]()

        def placing() -> None:
            for number in range(_EACH):
                side = ("buy", "sell")[number % 2]
                price = market.resting_buy if side == "buy" else market.resting_sell
                id = place(stage.driver, stage.view, market, side, price, market.quantity)
                placed.update(() if id is None else (id,))

        before, readers = self._before(), self._readers()
        with stage.driver.noting() as placements, readers.beside():
            answer = self._beside(readers, [placing] * 2)
        self._judge(before, [answer], readers, placements, placed=placed)

    def cancel_and_take(self, market: Market, side: str, taking: Taking) -> None:
        """Cancel-all while the other account takes from the caller's orders."""
        stage, other = self._stage, self._stage.other_view
        assert other is not None
        # Each race at a price of its own, so that a stranger's order is hardly ever at the same.
        price = prices_between(market, _PRICES)[next(self._race) % _PRICES]
        stage.clear()
        others_before = set(other.believed().orders)
        for _ in range(2 * _EACH):
            place(stage.driver, stage.view, market, side, price, market.quantity)
        stage.wait_until_listed(stage.view)
        before, readers = self._before(), self._readers()

        def take(quantity: Decimal) -> None:
            place(stage.driver, other, market, OPPOSITE[side], price, quantity)

        def take_some() -> None:
            for _ in range(_EACH):
                take(market.quantity)

        half = max(market.lot, market.quantity / 2 // market.lot * market.lot)
        with stage.driver.noting() as placements, readers.beside():
            if taking == "half just before":
                take(half)
            beside = {"whole": [take_some] * 2, "half": [lambda: take(half)]}
            answer = self._beside(readers, beside.get(taking, []))
        try:
            self._judge(before, [answer], readers, placements, others_before=others_before)
        finally:
            if any(order.live for id, order in other.latest().orders.items() if id not in others_before):
                stage.clear(other)

    def _before(self) -> Snapshot:
        before = self._stage.view.believed()
        self._stage.view.decline_to_harm()
        return before

    def _readers(self) -> Readers:
        return Readers(self._stage, self._stage.view)

    def _canceling(self, readers: Readers, symbol: str | None = None) -> Callable[[], Canceled]:
        def cancel() -> Canceled:
            asked_at = time.monotonic()
            answer = self._stage.caller.cancel_all(symbol)
            readers.note(answer, asked_at, time.monotonic())
            return answer

        return cancel

    def _beside(self, readers: Readers, others: Sequence[Callable[[], None]]) -> Canceled:
        """What cancel-all answers while other workers do this."""
        cancel, answers = self._canceling(readers), list[Canceled]()
        self._at_once(lambda: answers.append(cancel()), *others)
        return answers[0]

    def _judge(
        self,
        before: Snapshot,
        answers: Sequence[Canceled],
        readers: Readers,
        placements: Sequence[Exchange] = (),
        placed: set[str] | None = None,
        others_before: set[str] | None = None,
    ) -> None:
        view, other = self._stage.view, self._stage.other_view
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
        readers.judge(before, after)

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
