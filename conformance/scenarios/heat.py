"""One race: requests let go by a barrier, each with a connection of its own, and all of them as evidence."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from conformance.account.answers import Canceled
from conformance.account.blame import of_cancel_all
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL
from conformance.orders import Order
from conformance.scenarios.readers import Readers
from conformance.stage.stage import Stage
from conformance.turns import waiting
from conformance.verdict import Breach, CannotJudge, DriverRefused, Violation
from conformance.wire.signer import Credential


@dataclass(frozen=True, slots=True)
class CancelAll:
    """One cancel-all of a race: whose it is, its scope, the credential that it is asked with, and by how many seconds
    it goes later than what runs beside it.
    """

    view: View
    symbol: str | None
    credential: Credential
    wait_s: float = 0

    def ask(self) -> Canceled:
        """Its answer. Raises as `Account.cancel_all` does."""
        return self.view.account.cancel_all(self.symbol, self.credential, nothing_live=None)


class Heat:
    """One race over what `arrange` brings about, unless it `stands` already; and what it showed.

    `requirement`: what is broken where the race, and nothing else, makes a cancel-all fail. `before`: the caller's
    orders before it.
    """

    def __init__(self, stage: Stage, requirement: str, arrange: Callable[[], None], *, stands: bool = False) -> None:
        if not stands:
            arrange()
        self.before = stage.view.believed()
        stage.view.decline_to_harm()
        self.readers = Readers(stage, stage.view)
        self._stage = stage
        self._requirement = requirement
        self._arrange = arrange
        self._canceled: list[Exchange] = []
        self._placed: Sequence[Exchange] = ()

    @property
    def requests(self) -> list[Exchange]:
        """All requests of the race, lists included, in the order sent."""
        return sorted([*self._canceled, *self._placed, *self.readers.exchanges], key=lambda each: each.sent_at)

    @property
    def placements(self) -> Sequence[Exchange]:
        """What was placed in the race."""
        return self._placed

    def told(self) -> str:
        """How closely it was raced, in words."""
        return under_way_at_once([*self._canceled, *self._placed])

    def closely(self, breaches: Sequence[Breach]) -> list[Breach]:
        """The breaches, with the requests that were under way together."""
        return [breach._replace(got=f"{breach.got}; {self.told()}") for breach in breaches]

    def run(
        self,
        cancel_alls: Sequence[CancelAll],
        others: Sequence[Callable[[], None]] = (),
        just_before: Callable[[], None] | None = None,
        also: Sequence[View] = (),
        then: Callable[[], None] | None = None,
    ) -> list[Canceled]:
        """What each cancel-all answered, all having been let go together with the others, and all having ended. The
        caller's orders have been looked at then, and those of accounts that are `also` concerned.

        `just_before` is done right before, lists being asked for already; `then` right after, before the look. Raises
        what one of them raised.
        """
        barrier = threading.Barrier(len(cancel_alls) + len(others))

        def cancel(asked: CancelAll) -> Canceled:
            barrier.wait()
            time.sleep(asked.wait_s)
            asked_at = time.monotonic()
            with asked.view.account.counting_as("races"):
                answer = asked.ask()
            if asked.view is self._stage.view:
                self.readers.note(answer, asked_at, time.monotonic())
            return answer

        def do(other: Callable[[], None]) -> None:
            barrier.wait()
            with self._stage.caller.counting_as("races"):
                other()

        with self._stage.driver.noting() as self._placed, self.readers.beside():
            if just_before is not None:
                just_before()
            try:
                canceling = [self._stage.apart.submit(cancel, asked) for asked in cancel_alls]
                doing = [self._stage.apart.submit(do, other) for other in others]
            except BaseException:  # told to stop: the others would wait for ever
                barrier.abort()
                raise
            with waiting():
                errors = [*(each.exception() for each in canceling), *(each.exception() for each in doing)]
            self._canceled = [exchange for each in canceling if (exchange := _exchange(each)) is not None]
            self.readers.done()
            if not any(errors):
                answers = [each.result() for each in canceling]
                self._tell(cancel_alls, answers)
                if then is not None:
                    with self._stage.driver.noting():  # it is no part of this race
                        then()
                self._stage.look(*dict.fromkeys((self._stage.view, *also)))
                return answers
        for asked, error in zip(cancel_alls, errors, strict=False):
            if isinstance(error, Violation) and error.breach.requirement == of_cancel_all(nothing_live=False):
                raise self._charged(asked, error)
        raise min(filter(None, errors), key=lambda error: isinstance(error, DriverRefused))

    def _tell(self, cancel_alls: Sequence[CancelAll], answers: Sequence[Canceled]) -> None:
        """Let each account know what was canceled in it."""
        told: dict[View, list[Order]] = {asked.view: [] for asked in cancel_alls}
        for asked, answer in zip(cancel_alls, answers, strict=True):
            told[asked.view] += answer.orders
        for view, orders in told.items():
            if view is self._stage.view:
                view.lag.told(orders)
            else:
                view.canceled(orders)

    def _charged(self, asked: CancelAll, failed: Violation) -> Violation:
        """What a cancel-all broke that got a wrong answer: what the race is about, if the same one gets good answers
        when it is asked alone, over such orders as before the race and over none.
        """
        try:
            self._arrange()
            asked.view.decline_to_harm()
            if not asked.view.believed().live(asked.symbol):
                return failed
            alone = asked.ask()
            asked.view.account.cancel_all(asked.symbol, asked.credential, nothing_live=True)
        except Violation as again:
            return again
        except CannotJudge:
            return failed
        want = f"{failed.breach.want} in a race, as to the same one alone after it"
        breach = failed.breach._replace(
            requirement=self._requirement, want=want, got=f"{failed.breach.got}; {self.told()}"
        )
        return Violation(breach, *self.requests, alone.exchange)


def under_way_at_once(exchanges: Iterable[Exchange]) -> str:
    """Which cancel-alls and placements, numbered in the order sent, were under way at one moment: that with the most
    cancel-alls.
    """
    numbered: list[tuple[str, int, Exchange]] = []
    sent = sorted(exchanges, key=lambda each: (each.operation is None, each.sent_at))
    for operation, alike in groupby(sent, key=lambda each: each.operation):
        kind = operation or "placement"
        numbered += [(kind, number, each) for number, each in enumerate(alike, start=1)]

    def at(moment: float) -> list[tuple[str, int]]:
        return [(kind, number) for kind, number, each in numbered if each.sent_at <= moment < each.came_at]

    moments = (at(each.sent_at) for _, _, each in numbered)
    most = max(moments, key=lambda them: (sum(kind == CANCEL_ALL.name for kind, _ in them), len(them)), default=[])
    if len(most) < 2:
        return "no two of them ran at the same moment"
    kinds = ((kind, [number for _, number in them]) for kind, them in groupby(most, key=lambda each: each[0]))
    return f"under way at one moment: {'; '.join(_numbers(kind, numbers) for kind, numbers in kinds)}"


def _numbers(kind: str, numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    if kind == CANCEL_ALL.name:
        return f"cancel-alls {', '.join(most)} and {last}" if most else f"cancel-all {last}"
    return f"placements {', '.join(most)} and {last}" if most else f"placement {last}"


def _exchange(canceling: Future[Any]) -> Exchange | None:
    error = canceling.exception()
    if error is None:
        exchange: Exchange = canceling.result().exchange
        return exchange
    return error.evidence[-1] if isinstance(error, Violation) and error.evidence else getattr(error, "exchange", None)
