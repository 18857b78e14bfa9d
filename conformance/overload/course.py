"""The course of an overload: bursts that grow until the engine is busy, back-off, and a look at what comes late."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from random import Random

from conformance.operations import CANCEL_ALL
from conformance.oracle.ledger import ENDINGS, Entry, Recovery
from conformance.orders import Order, Query
from conformance.overload import burst
from conformance.overload.actor import Actor
from conformance.overload.bounds import Bounds
from conformance.overload.job import Job
from conformance.overload.looking import Sightings
from conformance.overload.mix import Mix
from conformance.overload.recorder import Recorder
from conformance.profile import Market, Target
from conformance.verdict import Inconclusive

_FIRST = 8  # requests at once, of the first burst
_EACH = 2  # requests that each connection sends while bursts grow
_LONGEST_BURST_S = 5.0  # then it waits, so that lists can be looked at
_HELD = (4, 24, 12)  # later: at the least, at the most, and how many bursts are wanted
_BUSY = 0.2  # the share of cancel-alls that are not accepted, from which on bursts grow no more
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 2.0
_PATIENT_S = 3.0  # a single order is tried for so long; once that was in vain, each is tried once until one is accepted
_LOOK_S = 0.05  # lists that have to show an order are looked at again after so long, and then more seldom


@dataclass(frozen=True, slots=True)
class Step:
    """One burst: how many requests at once, when it began by the clock of the ledger, and how long it took."""

    phase: str
    at_once: int
    began_at: float
    seconds: float
    entries: Sequence[Entry] = field(repr=False)


@dataclass
class Course:
    """What is done to the target, in this order: `load`, `recover`, `watch`. `tell` says what goes on."""

    actors: Sequence[Actor]
    markets: Sequence[Market]
    target: Target
    bounds: Bounds
    mix: Mix
    recorder: Recorder
    rng: Random
    crew: burst.Crew
    tell: Callable[[str], None]
    steps: list[Step] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    load_ended_at: float | None = None
    _patient_s: float = _PATIENT_S

    def __post_init__(self) -> None:
        self.settle_s, self.lag_s = self.target.settle_ms / 1000, self.target.consistency_ms / 1000
        self.sightings = {actor.name: Sightings(actor.view.account, self.lag_s) for actor in self.actors}

    # -- load --------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Bursts that grow until a good part of the cancel-alls is refused, and then more of that size.

        Raises Inconclusive where somebody else works with an account.
        """
        began_at, sent = time.monotonic(), 0
        phase, at_once, each = "rise", min(_FIRST, self.bounds.at_once), _EACH
        while sent < self.bounds.requests and time.monotonic() < began_at + self.bounds.seconds and self._able():
            # The rate is an average: a burst waits until those before it were not too many.
            due_s = min(sent / self.bounds.per_second, self.bounds.seconds) - (time.monotonic() - began_at)
            time.sleep(max(0.0, due_s))
            left = self.bounds.requests - sent
            step = self._step(phase, at_once, min(left, at_once * each), began_at + self.bounds.seconds)
            sent += len(step.entries)
            if phase == "rise":
                grown = min(2 * at_once, self.bounds.at_once)
                busy = _share_not_accepted(step.entries) >= _BUSY
                if not busy and grown > at_once:
                    at_once = grown
                else:
                    least, most, bursts = _HELD
                    phase, each = "hold", max(least, min(most, left // (bursts * at_once)))
        self.load_ended_at = time.monotonic()

    def _step(self, phase: str, at_once: int, count: int, until: float) -> Step:
        self.mix.actors = self._able()
        quiet = self.mix.quiet(len(self.steps))
        self._have_standing()
        jobs = self.mix.jobs(count, phase, quiet)
        before, began_at = len(self.recorder), time.monotonic()
        self.crew.send(jobs, at_once, min(until, began_at + _LONGEST_BURST_S))
        step = Step(phase, at_once, began_at, time.monotonic() - began_at, self.recorder.since(before))
        self.steps.append(step)
        self.take_down()
        if quiet is not None and not self.crew.given_up():
            self.sightings[quiet[0].name].look("canceled", quiet[1].symbol)
        self.tell(_told(step))
        return step

    def _able(self) -> Sequence[Actor]:
        """The accounts that the crew sends requests of."""
        return [] if self.crew.given_up() else [actor for actor in self.actors if self.crew.sends_for(actor.name)]

    def _have_standing(self) -> None:
        """See to it that each account has a live order in each market, and that lists show so."""
        placed = False
        for actor in self.actors:
            for market in self._lacking(actor):
                if not self.crew.given_up():
                    if not self._placed(actor, market, "between"):
                        return  # it is busy still, or takes no orders
                    placed = True
        if placed:
            self._await_standing(self.actors)

    def _await_standing(self, actors: Sequence[Actor]) -> None:
        """Look until lists show a live order of these accounts in each market, or settle_ms is over."""
        until, wait_s = time.monotonic() + self.settle_s, _LOOK_S
        while actors := [actor for actor in actors if self._lacking(actor)]:
            left_s = until - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(wait_s, left_s))
            wait_s *= 2

    def _lacking(self, actor: Actor) -> list[Market]:
        """The markets in which lists show no live order of the account."""
        live = {order.symbol for order in self._live(actor)}
        return [market for market in self.markets if market.symbol not in live]

    def _live(self, actor: Actor) -> list[Order]:
        """The live orders of the account. Raises Inconclusive where some are among them that were not asked for."""
        orders = self.sightings[actor.name].look("open")
        actor.view.own.recognize(orders)
        foreign = [order for order in orders if not actor.view.own.owns(order)]
        if foreign and not self.target.disposable:
            told = f"{actor.name}: {len(foreign)} live orders that this run did not place, say {foreign[0]}"
            raise Inconclusive(f"{told}; somebody else works with the account, or orders are placed twice")
        return orders

    def _placed(self, actor: Actor, market: Market, phase: str) -> bool:
        """Whether an order was accepted, with some patience."""
        until, wait_s = time.monotonic() + self._patient_s, _FIRST_WAIT_S
        while (ticket := self.mix.ticket(actor, market)) is not None:
            [number] = actor.intend([ticket])
            entry = actor.do(Job(actor.name, "place", phase, ticket=ticket, number=number))
            if entry is None or entry.ending != "refused":
                self._patient_s = _PATIENT_S
                return entry is not None and entry.ending == "accepted"
            if time.monotonic() > until:
                self._patient_s = 0.0
                break
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        return False

    # -- afterwards --------------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Let each account's cancel-all be tried, at longer and longer intervals, until one succeeds."""
        for actor in self.actors:
            self._live(actor)
        began_at, wait_s = time.monotonic(), _FIRST_WAIT_S
        pending, tries = list(self.actors), 0
        while pending:
            tries += 1
            came: dict[str, Entry] = {}
            asked = [partial(_cancel_all, actor, came) for actor in pending]
            burst.send(asked, len(asked), inf, lambda: None)
            waited_s = time.monotonic() - began_at
            for actor in tuple(pending):
                entry = came[actor.name]
                asked_s = _retry_after_s(entry)
                over = waited_s + max(asked_s, wait_s) > self.bounds.recover_s
                if entry.ending == "accepted" or over:
                    pending.remove(actor)
                    self.recoveries.append(self._recovery(actor, entry, began_at, tries, asked_s))
                wait_s = max(wait_s, asked_s if actor in pending else 0.0)
            if pending:
                time.sleep(wait_s * self.rng.uniform(1.0, 1.25))
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        self.take_down()
        told = [each.after_s for each in self.recoveries if each.after_s is not None]
        self.tell(f"{len(told)} of {len(self.actors)} accounts recovered within {max(told, default=0):.2f} s")

    def _recovery(self, actor: Actor, entry: Entry, began_at: float, tries: int, asked_s: float) -> Recovery:
        within_s = self.bounds.recover_s
        if entry.ending == "accepted":
            return Recovery(actor.name, within_s, entry.ended_at - began_at, tries, entry)
        lists = actor.ask_for_list(Query(limit=1), "recover").ending == "accepted"
        later = asked_s > 0 and entry.ended_at - began_at + asked_s > within_s
        return Recovery(actor.name, within_s, None, tries, entry, asked_later=later, answers_lists=lists)

    def watch(self) -> None:
        """Leave orders alone until lists are looked at for the last time, since a cancel-all that was refused may come
        late. They are canceled when all is judged.
        """
        recovered = {each.account for each in self.recoveries if each.after_s is not None}
        actors = [actor for actor in self.actors if actor.name in recovered]
        for actor in actors:
            for market in self.markets:
                self._placed(actor, market, "watch")
        self._await_standing(actors)
        if actors:
            time.sleep(self.bounds.watch_s + max(self.settle_s, self.lag_s))
        for actor in actors:
            self._live(actor)

    def take_down(self) -> None:
        """Write down what orders are called, and judge the answers since the last call by themselves."""
        for actor in self.actors:
            for operation, answer in actor.take_down():
                actor.view.account.received(operation, answer)


def _cancel_all(actor: Actor, came: dict[str, Entry]) -> None:
    came[actor.name] = actor.cancel_all(None, "recover")


def _share_not_accepted(entries: Sequence[Entry]) -> float:
    cancels = [entry for entry in entries if entry.kind == CANCEL_ALL.name]
    return sum(entry.ending != "accepted" for entry in cancels) / max(1, len(cancels))


def _retry_after_s(entry: Entry) -> float:
    """The seconds that a refusal asks for; 0 where it asks for none, or for a date."""
    text = "" if entry.exchange is None else entry.exchange.header("retry-after")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _told(step: Step) -> str:
    counts = Counter(entry.ending for entry in step.entries)
    told = ", ".join(f"{count} {ending}" for ending in ENDINGS if (count := counts[ending]))
    return f"{step.phase}: {len(step.entries)} requests, {step.at_once} at once, in {step.seconds:.2f} s: {told}"
