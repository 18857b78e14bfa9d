"""Brings orders about on a lane, by whatever means its driver has."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.ahead import asked_ahead
from conformance.account.ticket import Ticket
from conformance.account.view import View
from conformance.coverage.population import AGES, YOUNG, Kind, population
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.orders import STATUSES
from conformance.profile import Market
from conformance.stage import history, placed_history, seconds
from conformance.stage.book import Book
from conformance.stage.lane import Lane
from conformance.stage.wishes import Way, Wish
from conformance.turns import sleep
from conformance.verdict import Declined, DriverRefused

# Older orders must not lie behind more than so many others: each snapshot has to reach them. In pages of a list; what
# else a run places takes one of those that a snapshot reads.
_AGED_BEHIND = SNAPSHOT_PAGES - 2
_OWN_PAGES = 1
_OLD_SINCE_S = 3600
_OLD_SPANS_S = 86400

# How many orders of each status a history has at the least: more than a page of the default length, so that a limit
# about there can cut it; of a bystander enough for a short limit to do so.
_OF_EACH_STATUS = DEFAULT_LIMIT + 6
_OF_EACH_OF_A_BYSTANDER = 18

# Of three live orders two are open, and so many more: of 301, more than the longest page, so that each limit can cut a
# list by status too.
_OPEN_BESIDES = 6
_RENEWED = 3

# How old, in seconds, live orders are that are injected for one check: not so old that hundreds of others are newer.
_AGED_S = (3, 9)

# Many at once lie together, each set newer than the one before of its age, and so far apart that no second fills a
# page: no walk by `end` gets past such a second.
_YOUNG_SINCE_S, _WELL_SINCE_S = 90, 600
_OF_A_SECOND, _MOST_OF_A_SECOND, _SPAN_S = 20, 150, 8
_APART_S = 2


class History(NamedTuple):
    """How many orders a history has at the least, and how many of them are live."""

    orders: int
    live: int = 0


class Arranger:
    """Places, crosses and injects. What the target refuses is kept in `refusals`, in its own words."""

    def __init__(self, lane: Lane, seed: int) -> None:
        self.lane = lane
        self.refusals: list[str] = []
        self._injects = lane.driver.can_inject  # until the target refuses to
        self._types, self._ages = history.OFFERS[0]  # of what it takes
        self._many_until: dict[tuple[View, str], int] = {}
        self._rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self.book = Book(lane, self._rng)

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways to bring live orders about, the preferred one first; empty where there is none."""
        if not self.lane.markets:
            return ()
        ways: list[Way] = ["injecting"] * self._injects
        return (*ways, "placing") if self.lane.driver.can_place else tuple(ways)

    @property
    def injects(self) -> bool:
        """Whether the target takes whole orders."""
        return self._injects

    def histories(self, wanted: Mapping[View, History]) -> None:
        """Bring so many orders of this run or more into these accounts, of as many kinds as the driver can."""
        if self._injects and wanted:
            self.learn_the_clock([*wanted][-1])  # what is injected must not be of its future
            self._injects = any(self._inject_histories(wanted, *offer) for offer in history.OFFERS)
        if not self._injects and self.lane.driver.can_place:
            for view, each in wanted.items():
                self._attempt(partial(placed_history.trade, self.lane, self.book, view))
                self._attempt(partial(placed_history.place_many, self.lane, self.book, view, each.orders))
        with asked_ahead(page for view in wanted if view.may_be_looked_at for page in view.pages(SNAPSHOT_PAGES)):
            for view in wanted:
                view.settled(SNAPSHOT_PAGES)

    def _inject_histories(self, wanted: Mapping[View, History], types: Sequence[str], ages: Sequence[str]) -> bool:
        """Inject orders of these types and ages, and no others later; whether the target takes them."""
        self._types, self._ages = types, ages
        made = {view: self._history(view, each.live) for view, each in wanted.items()}
        injecting = [partial(self._inject, view, records) for view, records in made.items()]
        refused = len(self.refusals)
        taken = self._attempt(lambda: self.lane.driver.side_by_side(injecting))
        if taken:
            del self.refusals[:refused]  # of older ones
        return taken

    def renew(self, view: View, *, of_now: bool = False) -> None:
        """Inject a few orders of all statuses where that is possible: past for certain on the target, or `of_now`."""
        if not self._injects:
            return
        newest = self._now(view) if of_now else max(self._past(), seconds.used_until(view))
        oldest = newest - seconds.HISTORY_SPANS_AT_LEAST_S
        kinds = self._kinds(dict.fromkeys(STATUSES, _RENEWED), (YOUNG,))
        tickets = history.history(self._markets, kinds, newest, oldest, self._rng)
        self._attempt(lambda: self._inject(view, tickets))
        view.settled(SNAPSHOT_PAGES)

    def arrange(self, view: View, wishes: Sequence[Wish], by: Way | None = None) -> None:
        """Bring about live orders in the account, as `arrange_each` does."""
        self.arrange_each({view: wishes}, by)

    def arrange_each(self, wishes: Mapping[View, Sequence[Wish]], by: Way | None = None) -> None:
        """Bring about live orders in these accounts, by the preferred way unless one is named. Raises DriverRefused.

        An order that was to be partly filled rests unfilled where nobody is there to trade with.
        """
        for view in wishes:
            view.latest()
            view.changing()
        way = self._by(by)
        placed: dict[View, list[Wish]] = {}
        injecting = []
        for view, some in wishes.items():
            placed[view] = [wish for wish in some if way == "placing" or (wish.to_be_placed and "placing" in self.ways)]
            if injected := [wish for wish in some if wish not in placed[view]]:
                injecting.append(partial(self._inject, view, [self._aged(view, wish) for wish in injected]))
        self.book.arrange(placed, injecting)

    def priced(self, wishes: Sequence[Wish]) -> list[Wish]:
        """These wishes, each at a price about the resting one where none is told."""
        return [
            wish if wish.price is not None else replace(wish, price=self.book.resting_price(wish.market, wish.side))
            for wish in wishes
        ]

    def arrange_many(
        self,
        view: View,
        placed: Sequence[Wish],
        injected: Sequence[Wish],
        earlier_s: int = 0,
        bystander: Sequence[Wish] = (),
        beside: Sequence[Callable[[], None]] = (),
    ) -> int | None:
        """Place live orders, and inject others, however many, all as old as the first of them says. The second of the
        newest that was injected, if any was: a look at those needs none of what is newer.

        `earlier_s`: so much older than by default. `bystander`: young orders of the opposite account, beside them.
        `beside`: what else is sent at once with the first of them. Raises DriverRefused.
        """
        view.latest()
        if placed:
            view.changing()
        records, newest = self._many(view, injected, earlier_s) if injected else ([], None)
        wishes: dict[View, list[Wish]] = {view: list(placed)}
        injecting: list[Callable[[], None]] = [*beside]
        injecting += [partial(self._inject, view, records)] if injected else []
        if view.opposite is not None and bystander:
            there = view.opposite
            there.latest()
            there.changing()
            wishes[there] = [wish for wish in bystander if wish.to_be_placed or not self._injects]
            whole = [self._aged(there, wish) for wish in bystander if wish not in wishes[there]]
            injecting += [partial(self._inject, there, whole)] if whole else []
        self.book.arrange(wishes, injecting)
        return newest

    def injecting(self, view: View, wishes: Sequence[Wish], earlier_s: int) -> tuple[Callable[[], None], int]:
        """What injects these live orders, as `arrange_many` does, and the second of the newest."""
        view.latest()
        records, newest = self._many(view, wishes, earlier_s)
        return partial(self._inject, view, records), newest

    def _many(self, view: View, wishes: Sequence[Wish], earlier_s: int) -> tuple[list[dict[str, Any]], int]:
        """These live orders, each set in seconds of its own, and the second of the newest."""
        now, age = self._now(view), self._taken(wishes[0].age)
        since_s = _YOUNG_SINCE_S if age == YOUNG else AGES[age][0] + _WELL_SINCE_S + earlier_s
        first = max(now - since_s, self._many_until.get((view, age), 0) + _APART_S)
        of_a_second = max(_OF_A_SECOND, len(wishes) // _SPAN_S)
        if first + (len(wishes) - 1) // of_a_second > now:  # the sets before have come up to the present
            of_a_second = _MOST_OF_A_SECOND
            sleep(first + (len(wishes) - 1) // of_a_second - now)
        created = [first + number // of_a_second for number in range(len(wishes))]
        self._many_until[view, age] = created[-1]
        return [self._live(wish, second) for wish, second in zip(wishes, created, strict=True)], created[-1]

    def arrange_aged(self, view: View, aged_s: int) -> None:
        """Live orders, most of them `aged_s` old or more; one is placed now, to learn the target's clock."""
        market = self.lane.markets[0]
        sides = ("buy",) if self._injects else ("buy", "sell")
        self.arrange(view, [Wish(market, side) for side in sides], by="placing")
        with self.lane.driver.setting_up():
            view.settled()
        if self._injects:
            within_reach = self._now(view) - seconds.reach(view, _AGED_BEHIND)
            ages = ((seconds.HISTORY_ENDS_S, seconds.HISTORY_SPANS_S), (_OLD_SINCE_S, _OLD_SPANS_S))
            young = (aged_s, aged_s + 9)
            each = (young, *((since, min(to, within_reach)) if since < within_reach else young for since, to in ages))
            wishes = (Wish(market, "buy"), Wish(market, "sell", fills=1), Wish(market, "sell"))
            self._inject(view, [self._aged(view, wish, by_s) for wish, by_s in zip(wishes, each, strict=True)])
            view.changing()
        else:
            sleep(aged_s)

    def cross(self, maker: View, market: Market, side: str, share: Decimal) -> None:
        """Let `share` of an order of `maker` be filled by the lane's other account. Raises DriverRefused."""
        self.book.cross(maker, market, side, share)

    def _by(self, wanted: Way | None) -> Way:
        """The way that was wanted, if it is one; else the preferred one. Raises DriverRefused where there is none."""
        if wanted in self.ways:
            return wanted
        if not self.ways:
            raise DriverRefused("the profile gives no way to create orders: add [driver.place] or [driver.inject]")
        return self.ways[0]

    def learn_the_clock(self, view: View, *, again: bool = False) -> None:
        """Place an order, which tells the target's time, where it is not known, or may have been set."""
        if self.lane.driver.can_place and (again or not self.lane.clock.known):
            market = self.lane.markets[0]
            view.latest()
            self._attempt(lambda: self.book.rest([self.book.resting(view, market, "buy", market.resting_buy)]))
            view.settled()

    def _history(self, view: View, live: int) -> list[dict[str, Any]]:
        oldest, newest = seconds.unused(view, self._past())
        least = _OF_EACH_STATUS if view is self.lane.view else _OF_EACH_OF_A_BYSTANDER
        counts = dict.fromkeys(STATUSES, least)
        counts["partially_filled"] = max(least, live // 3 + 1)
        counts["open"] = max(least, live - live // 3 + _OPEN_BESIDES)
        # What is older than this second would lie behind more orders than a snapshot reads.
        reach = seconds.older_than(view, (SNAPSHOT_PAGES - _OWN_PAGES) * MAX_LIMIT - sum(counts.values()))
        ages = [age for age in self._ages if newest - AGES[age][1] > reach] or [YOUNG]
        made = history.history(self._markets, self._kinds(counts, ages), newest, oldest, self._rng)
        return [*made, history.twin(made)]

    def _kinds(self, counts: Mapping[str, int], ages: Sequence[str]) -> list[Kind]:
        return population([market.symbol for market in self.lane.markets], ages, counts, self._rng, self._types)

    @property
    def _markets(self) -> dict[str, Market]:
        return {market.symbol: market for market in self.lane.markets}

    def _inject(self, view: View, records: Sequence[dict[str, Any]]) -> None:
        tickets = [Ticket.of_record(record) for record in records]
        view.inject(tickets, lambda: self.lane.driver.inject(view.account, tickets))

    def _aged(self, view: View, wish: Wish, by_s: tuple[int, int] | None = None) -> dict[str, Any]:
        """A live order so many seconds old; by default so old that its cancel falls into a later second.

        By default it lies on the first page as well, where a run reaches it with one request.
        """
        now = self._now(view)
        age = self._taken(wish.age)
        if by_s is None and age != YOUNG and now - AGES[age][1] > seconds.reach(view, _AGED_BEHIND):
            by_s = AGES[age]
        created_at = now - self._rng.randrange(*(by_s or _AGED_S))
        if by_s is None:
            created_at = min(max(created_at, seconds.older_than(view, MAX_LIMIT // 2)), now - 1)
        return self._live(wish, created_at)

    def _taken(self, age: str) -> str:
        """This age, or else the oldest that the target takes."""
        return age if age in self._ages else self._ages[-1]

    def _live(self, wish: Wish, created_at: int) -> dict[str, Any]:
        status, filled = ("partially_filled", "part") if wish.fills else ("open", "none")
        kind = Kind(status, wish.side, "limit", wish.market.symbol, filled, "at", YOUNG)
        return history.order(wish.market, kind, created_at, created_at, self._rng, wish.price)

    def _now(self, view: View) -> int:
        """A second that is not in the target's future."""
        known = self.lane.clock.now_at_least(time.time())
        return max(self._past(), seconds.used_until(view)) if known is None else known

    def _past(self) -> int:
        """A second that is past on the target, with time to spare where its clock is not known."""
        now = int(time.time())
        known = self.lane.clock.now_at_least(now)
        return now - seconds.UNKNOWN_CLOCK_BEHIND_S if known is None else min(now - seconds.HISTORY_ENDS_S, known)

    def _attempt(self, bring: Callable[[], object]) -> bool:
        try:
            bring()
        except (DriverRefused, Declined) as reason:
            self.refusals.append(str(reason))
            return False
        return True
