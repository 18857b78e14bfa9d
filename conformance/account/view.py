"""What this run knows of one account, and how it comes to know it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from conformance.account import borders
from conformance.account.account import SNAPSHOT_PAGES, Account
from conformance.account.ahead import Wanted, asked_ahead
from conformance.account.by_status import newest_by_status
from conformance.account.clock import TargetClock
from conformance.account.delays import Delays
from conformance.account.journal import Journal
from conformance.account.known import Known
from conformance.account.lag import Lag
from conformance.account.looks import judge_succession, unless_back
from conformance.account.ownership import Ownership
from conformance.account.patience import Patience
from conformance.account.settling import Settling
from conformance.account.sparing import spare
from conformance.account.ticket import Placed, Ticket
from conformance.account.trades import Trades
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, Order
from conformance.profile import Target
from conformance.turns import sleep


class View:
    """One account as this run knows it. Its orders are asked for in four ways, from cheap to sure:

    - `latest()`: all that was ever seen of it, without a request.
    - `believed()`: what it must be, since nothing was done to it since it was last settled; else as `settled()`.
    - `fresh()`: one snapshot of now, deep enough for all that is live.
    - `settled()`: fresh ones until lists show all that was placed, traded and canceled, or the time for that is up.

    What moves it: the first snapshot separates older orders from those of this run. `intend` and `inject` make what was
    believed unknown again, here and in the opposite account, which may have traded with them. So does a cancel-all,
    after which lists may lag for the profile's consistency_ms. `believe` says that a snapshot is sure.
    """

    def __init__(
        self, account: Account, target: Target, clock: TargetClock, patience: Patience, trades: Trades
    ) -> None:
        self.account = account
        account.whenever_changed = self.perhaps_canceled
        self.own = Ownership()
        account.owns = self.own.owns_for_certain
        self.opposite: View | None = None
        self.lag = Lag(account.behind)
        self.journal = Journal(target.base_url, account.name)
        self._target = target
        self._clock = clock
        self._settling = Settling(self, patience, trades)
        self.delays = Delays(target.settle_ms / 1000, account.behind, lambda: self._settling.placed_at)
        self._shown_from = 0.0  # when lists show what a cancel-all did that has not told it, by the monotonic clock
        self._known: Known | None = None
        self._latest: Snapshot | None = None
        self._believed: Snapshot | None = None
        self._since_changed: Snapshot | None = None
        self._before_injecting: Snapshot | None = None
        self._looked_for_live = False
        self.is_beside = False  # not the caller's
        self.apart: int | None = None  # the second from which on older live orders are looked at apart
        self._perhaps_live: Sequence[str | None] = ()  # records that could not be read, before this run placed any
        self._placed_at: dict[str, tuple[float, float]] = {}  # when the driver asked and was answered, by our clock

    def face(self, other: "View") -> None:
        """The two accounts trade with each other."""
        self.opposite, other.opposite = other, self
        self._settling.opposite, other._settling.opposite = other._settling, self._settling

    def __repr__(self) -> str:
        return self.account.name

    def take(self) -> None:
        """Take the account, to change it: what killed runs left is known. Raises Taken where another run has it."""
        self.own.inherit(self.journal.open())

    def leave(self, *, clean: bool) -> None:
        """Let the next run have the account; `clean`: nothing that was placed is left in it."""
        seen = {} if self._latest is None else self._latest.orders
        finished = {id for id in self.own.named if id in seen and not seen[id].live}
        self.journal.close(clean=clean and self.own.begun, finished=finished)

    # -- what is known -------------------------------------------------------------------------------------------------

    @property
    def known(self) -> Known:
        """What lists are held against; the first call takes the snapshot that separates old orders from the run's."""
        if self._known is None:
            seen = self._believed
            deep = seen is not None and (seen.horizon is None or len(seen.exchanges) >= SNAPSHOT_PAGES)
            self._known = Known(self.account, self.look, seen if deep else None, self.catch_up)
        return self._known

    def latest(self) -> Snapshot:
        """All that was last seen of the account; the first call takes a snapshot."""
        return self.known.snapshot if self._latest is None else self._latest

    @property
    def first_since_changed(self) -> Snapshot:
        """Each order as it was first seen since anything was done to the account; injecting does nothing to others."""
        return self._since_changed or self.latest()

    def fresh(self, pages: int = 1, up_to: int | None = None) -> Snapshot:
        """A snapshot of so many pages, or of more where newer orders, or those of the same second, have moved what was
        last seen live to a later one. `up_to`: what is newer than this second is not looked at.
        """
        pages = max(pages, self._depth(up_to))
        while True:
            snapshot = self.look(pages, up_to=up_to)
            missed = borders.missed(self.latest(), snapshot, up_to, self.apart)
            needed = max(self._depth(up_to), pages + missed)  # whatever luck there was
            if needed <= pages or pages >= SNAPSHOT_PAGES:
                return snapshot
            pages = min(needed, SNAPSHOT_PAGES)

    def settled(self, pages: int = 1, up_to: int | None = None) -> Snapshot:
        """A snapshot that shows all that was placed and canceled, however many pages that takes; the last one, where
        that does not come about in time. `up_to` as for `fresh`.
        """
        sleep(self._shown_from - time.monotonic())
        return self._settling.settle(max(pages, self._depth(up_to)), up_to)

    def believed(self, pages: int = 1) -> Snapshot:
        """The account as it was last seen for sure, if nothing has been done to it since; else as `settled`."""
        return self.settled(pages) if self._believed is None else self._believed

    @property
    def is_believed(self) -> bool:
        """Whether `believed` needs no request."""
        return self._believed is not None

    @property
    def may_be_looked_at(self) -> bool:
        """Whether `believed` would look at the account without waiting."""
        return not self.is_believed and time.monotonic() >= self._shown_from

    def believe(self, seen: Snapshot) -> None:
        """Lists have just shown the account so, and nothing has been done to it since: so it is.

        What does not show the newest orders is not the account.
        """
        self._believed = seen if seen.ceiling is None else None

    def catch_up(self, asked_at: float | None = None, *, placed: bool = True) -> bool:
        """Wait until no list may lag any more behind what was canceled, or `placed`; whether one could that was asked
        for at this moment of our clock, or until now.
        """
        left = self.delays.left_s(placed=placed)
        since = 0.0 if asked_at is None else time.time() - asked_at
        sleep(left)
        return left + since > 0

    def look_apart(self, second: int | None) -> None:
        """From now on, live orders of this second or before are looked at from there alone: no other look reaches for
        them. None: all are looked at together.
        """
        self.apart = second

    def _depth(self, up_to: int | None) -> int:
        return borders.depth(self.latest(), self.own, up_to, self.apart)

    def pages(self, pages: int | None = None, up_to: int | None = None) -> list[Wanted]:
        """The lists that a snapshot of so many pages will ask for, by default of as many as it takes."""
        ends = borders.ends(self._latest, self.own, pages or self._depth(up_to), up_to)
        return [self.account.page_until(end) for end in ends]

    # -- what is done to it --------------------------------------------------------------------------------------------

    def intend(self, ticket: Ticket) -> int:
        """An order is about to be asked for: it is written down, under the number that is returned."""
        self.changing()
        self._settling.ask_for(ticket)
        [number] = self.journal.intend([ticket])
        return number

    def heard(self, ticket: Ticket, number: int, placed: Placed | None, asked_at: float, answered_at: float) -> None:
        """An order that was intended was asked for, and is this run's own. `placed` None: if it was taken at all."""
        if placed is None or placed.id is None:
            self.own.ask_for(ticket, tries_before=0 if placed is None else placed.tries_before)
            return
        self.own.ask_for(ticket, placed.id, tries_before=placed.tries_before)
        self.account.otherwise.asked_for(placed.id, ticket)
        self._settling.expect([placed.id])
        self.journal.name(number, placed.id)
        self._placed_at[placed.id] = asked_at, answered_at

    def inject(self, tickets: Sequence[Ticket], send: Callable[[], None]) -> None:
        """Let `send` put whole orders into the account; the live ones are written down before.

        Raises what `send` raises.
        """
        self.latest()
        before = self._since_changed or self._before_injecting
        self._changed()  # whole orders trade with nobody
        self._before_injecting = before  # and change no other one
        self.journal.intend([ticket for ticket in tickets if ticket.live])
        send()
        for ticket in tickets:
            self.own.ask_for(ticket)
            self.account.otherwise.asked_for(ticket.sent_id, ticket)

    def changing(self) -> None:
        """The account is being changed: nothing of it is believed until it is seen again."""
        self._changed()
        if self.opposite is not None:
            self.opposite._believed = None  # it may be traded with
            self.opposite.account.coming.clear()
            self.opposite.delays.changed_at = self.delays.changed_at
            self.opposite.account.settled.change(time.time())

    def canceled(self, orders: Iterable[Order]) -> None:
        """A cancel-all has told that it canceled these `orders`."""
        told = {order.id: order for order in orders if order.status == "canceled"}
        self.lag.told(told.values())
        self._shown_from = 0.0
        if self._latest is not None and told:
            # Those that lie deeper than a snapshot reaches would be looked for as live for ever.
            known = {id: told.get(id, order) for id, order in self._latest.orders.items()}
            self._latest = replace(self._latest, orders=known)

    def perhaps_canceled(self) -> None:
        """A cancel-all of the account may have taken effect just now, whatever was answered."""
        self._changed()
        self._shown_from = self.delays.canceled_from

    def _changed(self) -> None:
        self.account.coming.clear()
        self._since_changed = self._before_injecting = None
        self._known = None
        self._believed = None
        self.delays.changed_at = time.monotonic()
        self.account.settled.change(time.time())

    # -- whose orders they are -----------------------------------------------------------------------------------------

    def own_live(self) -> list[Order]:
        """The run's own live orders, as last seen."""
        return [order for order in self.latest().live() if self.own.owns(order)]

    def foreign_live(self) -> list[Order]:
        """Live orders, as last seen, that this run did not place. The first call looks for them by their status too:
        some may lie deeper than any snapshot reaches.
        """
        if not self._looked_for_live:
            self._looked_for_live = True
            self.look_for_live()
        return [order for order in self.latest().live() if not self.own.owns(order)]

    def look_for_live(self) -> list[Order]:
        """The live orders that lists by status show. They are known from now on."""
        latest, found = self.latest(), newest_by_status(sorted(LIVE), self.account)
        self._perhaps_live = self._perhaps_live if self.own.placed_any else found.unread
        self.own.recognize(found.orders.values())
        self._latest = replace(latest, orders={**found.orders, **latest.orders})
        return list(found.orders.values())

    def decline_to_harm(self) -> None:
        """Raise, as `spare` says, where a cancel-all would or may meet somebody else's order."""
        if ((foreign := self.foreign_live()) or self._perhaps_live) and not self._target.disposable:
            came = all(map(self.own.came_meanwhile, foreign))
            raise spare(foreign, self.account.name, self.account.foreign, came=came, is_beside=self.is_beside)

    # -- one look ------------------------------------------------------------------------------------------------------

    def look(self, pages: int = SNAPSHOT_PAGES, limit: int = MAX_LIMIT, up_to: int | None = None) -> Snapshot:
        """One snapshot, by pages of this `limit`. Its orders are recognized as old, as this run's or as a stranger's,
        and judged by what they were before.
        """
        ends = borders.ends(self._latest, self.own, pages, up_to, limit)
        with asked_ahead(self.account.page_until(end, limit) for end in ends):
            asked_at = self.account.asked_since
            snapshot = self.account.snapshot(pages, limit, ends)
        snapshot = replace(snapshot, told_over=self.account.settled.told_over(snapshot))
        is_behind = asked_at <= self.delays.consistent_from
        if self._latest is not None and not is_behind:
            look = partial(self.account.snapshot, pages, limit, ends)
            snapshot = unless_back(self.account, snapshot, self._latest, limit, self.lag.pending, look)
        self.own.begin(snapshot)
        recognized = self.own.ids
        self.own.recognize(snapshot.orders.values(), snapshot.unread)
        self._settling.expect(self.own.ids - recognized)
        for id in self._placed_at.keys() & snapshot.orders.keys():
            self._clock.learn(snapshot.orders[id], *self._placed_at.pop(id))
        if self._latest is not None and not is_behind:
            judge_succession(self.account, self._latest, snapshot, self.lag.pending)
        self.lag.look(snapshot, asked_at)
        self._latest = snapshot if self._latest is None else snapshot.over(self._latest, is_behind=is_behind)
        if self._since_changed is None:
            self._since_changed = snapshot.after(self._before_injecting)
        if self.opposite is not None:
            self.opposite.account.foreign |= {order.identity: snapshot.exchanges for order in snapshot.orders.values()}
        return snapshot
