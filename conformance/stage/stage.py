"""The stage of a check: a lane, and the means to bring orders about on it."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, product
from typing import Any

from conformance.account.account import Account
from conformance.account.ahead import asked_ahead
from conformance.account.answers import Page
from conformance.account.view import View
from conformance.coverage.population import Kind
from conformance.oracle.snapshot import Snapshot
from conformance.profile import Market, Target
from conformance.stage.arranger import Arranger, History
from conformance.stage.clean_up import clean_up
from conformance.stage.driver import Driver
from conformance.stage.effort import PLAIN, Effort
from conformance.stage.forged import Forged
from conformance.stage.lane import Lane
from conformance.stage.lists import Lists
from conformance.stage.seen import expect_readable, seen_in_known_markets
from conformance.stage.wishes import Way, Wish, fulfilled, of_a_bystander, of_all_kinds, of_many_kinds, priced
from conformance.turns import sleep
from conformance.wire.signer import Credential

# The bystander: enough to stand in every market, on both sides, in every status that can be brought about.
_BYSTANDER_ORDERS = 40
READERS = 2
RACERS = 8  # requests of one race at the most

# Facts that hold once there is a history, and how long it is at the least: twice the mix of statuses.
SHOWN_BY_A_HISTORY = {"orders", "seconds", "status", "markets", "live"}
_LEAST_HISTORY = 40


@dataclass(eq=False)
class Stage:
    """One lane, set up once: what checks and scenarios work with.

    `full_scope`: whether anything but reading is allowed; `explicit`: somebody has said so. The `seed` chooses. Readers
    have asked for `lists_of_readers` so far; `watches`: where they go on. `over`: what `scenarios.over` keeps.
    """

    lane: Lane
    arranger: Arranger
    full_scope: bool
    explicit: bool = True
    seed: int = 0
    effort: Effort = PLAIN
    lists_of_readers: int = 0
    watches: int = 0
    forged: Forged = field(default_factory=Forged)
    over: Mapping[str, Page] | None = None
    _kinds_seen: set[Kind] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"stage of {self.caller}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))

    # -- who and what is there -----------------------------------------------------------------------------------------

    @property
    def caller(self) -> Account:
        """The account that asks."""
        return self.lane.caller

    @property
    def other(self) -> Account | None:
        """The second account: bystander and counterparty."""
        return self.lane.other

    @property
    def view(self) -> View:
        """What is known of the caller's account."""
        return self.lane.view

    @property
    def other_view(self) -> View | None:
        """What is known of the other account."""
        return self.lane.other_view

    @property
    def markets(self) -> tuple[Market, ...]:
        """Where orders can be brought about."""
        return self.lane.markets

    @property
    def driver(self) -> Driver:
        """What brings the target into a state."""
        return self.lane.driver

    @property
    def target(self) -> Target:
        """What the profile says of the target."""
        return self.lane.target

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways to bring live orders about, the preferred one first."""
        return self.arranger.ways

    @property
    def seen(self) -> Snapshot:
        """The snapshot that lists of the caller are held against."""
        return self.view.known.snapshot

    @property
    def other_seen(self) -> Snapshot:
        """The snapshot that lists of the other account are held against; nothing where there is none."""
        return Snapshot({}) if self.other_view is None else self.other_view.known.snapshot

    @cached_property
    def apart(self) -> ThreadPoolExecutor:
        """Where lists are asked for beside what is done, and races are run, on connections of their own."""
        # The last list of a reader may be asked for before the one before it has come.
        return ThreadPoolExecutor(2 * self.effort.times(READERS) + RACERS)

    @cached_property
    def lists(self) -> Lists:
        """The lists that cover the parameters."""
        views = {"caller": self.view} | ({} if self.other_view is None else {"other": self.other_view})
        return Lists(views, self.lane.symbols, self.seed, exploring=self.effort.exploring)

    @property
    def cancelers(self) -> dict[str, Sequence[Credential]]:
        """The credentials of each account whose cancel-alls meet this run's orders alone, by its name."""
        views = {"caller": self.view}
        if self.other_view is not None and not self.other_view.foreign_live():
            views["other"] = self.other_view
        return {whose: view.account.credentials for whose, view in views.items()}

    def view_of(self, whose: str) -> View:
        """The view of the caller, or of the other account where there is one."""
        return self.view if whose == "caller" or self.other_view is None else self.other_view

    # -- set-up --------------------------------------------------------------------------------------------------------

    def kinds_seen(self) -> set[Kind]:
        """The kinds of orders that the caller has, and had after set-up."""
        now = self.lane.clock.now_at_least(time.time()) or int(time.time())
        orders = self.view.latest().orders.values()
        self._kinds_seen |= {kind for order in orders if (kind := Kind.of(order, now)) is not None}
        return self._kinds_seen

    def prepare(self, wants: Mapping[str, Any]) -> None:
        """Bring about what the selected checks want, as far as the driver can: once, before the first of them.

        `wants` has the greatest value that any of them gives for each fact. Raises Declined.
        """
        with asked_ahead(view.account.page_until() for view in self.lane.views):
            for view in self.lane.views:
                view.latest()
        if not self.full_scope:
            return
        if any(view.own.inherits for view in self.lane.views):
            clean_up(self.lane)
        if self.explicit:
            for view in self.lane.views:
                view.foreign_live()  # looked for deep, once
        if "cancel" in wants:
            self.expect_own_alone()  # before anything is placed
        if not self.ways:
            return
        wanted: dict[View, History] = {}
        if wants.get("other") and self.other_view is not None:
            wanted[self.other_view] = History(_BYSTANDER_ORDERS)
        if SHOWN_BY_A_HISTORY & wants.keys():
            live = wants.get("live", 0)
            wanted[self.view] = History(max(wants.get("orders", 0), live, _LEAST_HISTORY), live)
        self.arranger.histories(wanted)
        if self.view in wanted:
            self.arranger.renew(self.view)
        self.kinds_seen()

    def expect_own_alone(self) -> None:
        """Raise Declined where the caller has live orders that this run did not place.

        Where nobody has said that the target may be changed, cancel-all is then simply not judged.
        """
        if self.full_scope and self.explicit:
            self.view.decline_to_harm()

    # -- live orders ---------------------------------------------------------------------------------------------------

    def arrange(
        self, wishes: Sequence[Wish], by: Way | None = None, *, beside_others: bool = False, bystander: bool = False
    ) -> None:
        """Bring about exactly these live orders in the caller's account, whatever was live there before; or these
        `beside_others` that may be. Where just such orders are live, they stay.

        `bystander`: and live orders of the other account, if there is one, beside those that it may have: as
        `of_a_bystander` says. By the preferred way, unless another one is named. Raises DriverRefused.
        """
        stand = not beside_others and self._stand_already(wishes, by)
        if stand and not bystander:
            return
        if not (stand or beside_others):
            self.lane.clear()
        self.bring(() if stand else wishes, by, bystander=bystander)
        self.wait_until_listed(*self.lane.views if bystander else (self.view,))
        expect_readable(self.view, wishes)

    def bring(self, wishes: Sequence[Wish], by: Way | None = None, *, bystander: bool = False) -> None:
        """As `arrange`, beside whatever is live, and without a look at what came of it."""
        each = {self.view: self.arranger.priced(wishes) if bystander else wishes} if wishes else {}
        if bystander and self.other_view is not None:
            beside = priced(self.view.latest().live(), each.get(self.view, ()))
            each[self.other_view] = of_a_bystander(self.markets, beside, self.ways)
        self.arranger.arrange_each(each, by)
        if self.other_view in each and self.ways[0] == "placing":
            sleep(1)  # none is of the very second of what is done next

    def _stand_already(self, wishes: Sequence[Wish], by: Way | None) -> bool:
        if not (self.ways and self.view.is_believed):
            return False
        live, way = self.view.believed().live(), by or self.ways[0]
        as_wished = all(self.view.own.placed(order) == (way == "placing") for order in live)
        return as_wished and fulfilled(wishes, live)

    def wait_until_listed(self, *views: View) -> None:
        """Wait until lists show what was brought about in these accounts: this belongs to the set-up."""
        with self.driver.setting_up():
            self.look(*views)

    def look(self, *views: View) -> list[Snapshot]:
        """These accounts as they are, those that have to be looked at at the same time."""
        with self.looking(*views):
            return [seen_in_known_markets(view) for view in views]

    def looking(self, *views: View) -> AbstractContextManager[None]:
        """Inside, those of these accounts that have to be looked at have been asked for their orders at once."""
        return asked_ahead(page for view in views if view.may_be_looked_at for page in view.pages())

    def arrange_in_each_market(self) -> None:
        """Bring about a live order in each market, bought in one and sold in the next, and no other."""
        self.arrange([Wish(*each) for each in zip(self.markets, cycle(("buy", "sell")), strict=False)], by="placing")

    def have_live(self) -> None:
        """See to it that the caller has live orders, bought and sold, of which some may be partly filled."""
        if len({order.side for order in self.view.believed().live()}) < 2:
            first, last = self.markets[0], self.markets[-1]
            self.arrange([Wish(first, "buy"), Wish(first, "sell", fills=1), Wish(last, "buy")], by="placing")

    def have_live_again(self, count: int) -> None:
        """See to it that so many live orders of this run stand there: they did, before the check was begun."""
        missing = count - len(self.view.own_live())
        if missing > 0:
            wishes = [Wish(market, side) for market, side in product(self.markets, ("buy", "sell"))]
            self.arranger.arrange(self.view, [wishes[number % len(wishes)] for number in range(missing)])
        self.wait_until_listed(self.view)

    def arrange_aged(self, seconds: int) -> None:
        """Bring about live orders of the caller that are at least so many seconds old."""
        self.lane.clear()
        self.arranger.arrange_aged(self.view, seconds)
        self.wait_until_listed(self.view)

    def arrange_all_kinds(self, turn: int) -> None:
        """Bring about live orders of all kinds in each market, and no other, in the caller's account; and of many kinds
        in the other one. Any three properties of an order are met with this `turn` or the next.
        """
        self.lane.clear()
        if self.other_view is not None and not self.other_view.foreign_live():
            self.lane.clear(self.other_view)
        each = {self.view: self.arranger.priced(of_all_kinds(self.markets, self.caller.credentials, self.ways, turn))}
        if self.other_view is None:
            each[self.view] = [wish for wish in each[self.view] if wish.fills < 2]
        else:
            theirs = of_a_bystander(self.markets, priced((), each[self.view]), self.ways)
            kinds = of_many_kinds(self.markets, self.other_view.account.credentials, self.ways, turn)
            each[self.other_view] = [*theirs, *kinds]
        self.arranger.arrange_each(each)
        self.wait_until_listed(*self.lane.views)
        expect_readable(self.view, each[self.view])

    def clear(self, whose: View | None = None) -> None:
        """Cancel whatever is live, by default the caller's orders; judge the answer alone. Raises Declined."""
        self.lane.clear(whose)

    def unjudged(self) -> AbstractContextManager[None]:
        """Inside, what arrives belongs to no check."""
        return self.lane.unjudged()
