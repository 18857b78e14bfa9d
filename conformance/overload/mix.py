"""What a burst is made of: orders, cancel-alls and lists of all accounts, drawn by the seed."""

import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from conformance.account.ticket import Ticket
from conformance.orders import Query
from conformance.overload.actor import Actor
from conformance.overload.job import Job
from conformance.profile import Market

# Of a hundred requests: so many orders, so many lists; the rest are cancel-alls, since those are to be refused.
_PLACES, _LISTS = 38, 18

# Lists show 200 orders of one second, status and market at most, and the engine's second is not quite ours.
_PLACED_AT_MOST = 110
_WITHIN_S = 1.5

# One cancel-all alone reaches the quiet market of a burst, in its middle, where it is refused most likely: then nothing
# may be canceled there.
_MIDDLE = 1 / 3, 2 / 3

_DEPTH = 5  # ticks away from the resting price that an order may be placed


@dataclass(slots=True)
class Mix:
    """Draws the requests of bursts. `orders`: how many may be placed in all."""

    actors: Sequence[Actor]
    markets: Sequence[Market]
    rng: random.Random
    orders: int
    _placed: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def quiet(self, number: int) -> tuple[Actor, Market] | None:
        """Who is quiet in this burst, and where; one account alone is so in every second burst."""
        if len(self.actors) == 1 and number % 2 == 0:
            return None
        return self.actors[number % len(self.actors)], self.rng.choice(self.markets)

    def jobs(self, count: int, phase: str, quiet: tuple[Actor, Market] | None) -> list[Job]:
        """So many requests, shared among the accounts, in an order by chance."""
        made: list[Job] = []
        for number, actor in enumerate(self.actors):
            share = len(range(number, count, len(self.actors)))
            is_quiet = quiet is not None and quiet[0] is actor
            made += self._of(actor, share - is_quiet, phase, quiet[1] if quiet and is_quiet else None)
        self.rng.shuffle(made)
        if quiet is not None:
            place = int(len(made) * self.rng.uniform(*_MIDDLE))
            made.insert(place, self._cancel(quiet[0], quiet[1].symbol if len(self.markets) > 1 else None, phase))
        return made

    def ticket(self, actor: Actor, market: Market) -> Ticket | None:
        """An order that rests; None where there may be no more of them, in all or within a second."""
        recent = self._placed.setdefault((actor.name, market.symbol), deque())
        now = time.monotonic()
        while recent and recent[0] < now - _WITHIN_S:
            recent.popleft()
        if self.orders <= 0 or len(recent) >= _PLACED_AT_MOST:
            return None
        self.orders -= 1
        recent.append(now)
        away = self.rng.randrange(_DEPTH) * market.tick
        side = self.rng.choice(("buy", "sell"))
        price: Decimal = max(market.tick, market.resting_buy - away) if side == "buy" else market.resting_sell + away
        return Ticket(market.symbol, side, "limit", price, market.quantity)

    def _of(self, actor: Actor, count: int, phase: str, quiet: Market | None) -> list[Job]:
        places, lists = count * _PLACES // 100, count * _LISTS // 100
        jobs = [job for _ in range(places) if (job := self._order(actor, phase)) is not None]
        jobs += [self._list(actor, phase) for _ in range(lists)]
        if quiet is None:
            scopes = self._scopes(count - len(jobs))
        else:
            others = [market.symbol for market in self.markets if market is not quiet]
            scopes = [self.rng.choice(others) for _ in range(count - len(jobs))] if others else []
        jobs += [self._cancel(actor, symbol, phase) for symbol in scopes]
        return jobs

    def _scopes(self, count: int) -> list[str | None]:
        """All markets and one of them, by turns."""
        return [None if number % 2 else self.rng.choice(self.markets).symbol for number in range(count)]

    def _order(self, actor: Actor, phase: str) -> Job | None:
        ticket = self.ticket(actor, self.rng.choice(self.markets))
        if ticket is None:
            return None
        [number] = actor.intend([ticket])
        return Job(actor.name, "place", phase, ticket=ticket, number=number)

    def _list(self, actor: Actor, phase: str) -> Job:
        status = self.rng.choice(("open", "canceled", None))
        query = Query(status=status, limit=self.rng.choice((1, 5, 10)))
        kind = self.rng.choice(actor.view.account.credentials)
        return Job(actor.name, "list", phase, query=query, credential=kind)

    def _cancel(self, actor: Actor, symbol: str | None, phase: str) -> Job:
        kind = self.rng.choice(actor.view.account.credentials)
        return Job(actor.name, "cancel-all", phase, symbol, kind)
