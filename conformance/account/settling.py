"""Waiting until lists show what was done to an account: orders that were placed, trades, and cancels."""

import time
from collections.abc import Iterable
from itertools import product
from typing import Protocol

from conformance.account import borders
from conformance.account.account import SNAPSHOT_PAGES, Account
from conformance.account.ahead import Wanted, asked_ahead
from conformance.account.delays import Delays
from conformance.account.lag import Lag
from conformance.account.ownership import Ownership
from conformance.account.patience import Patience, pause_s
from conformance.account.ticket import Ticket
from conformance.account.trades import Trades, may_trade
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.turns import sleep


class Looking(Protocol):
    """What is looked at: an account as this run knows it."""

    account: Account
    own: Ownership
    lag: Lag
    delays: Delays
    apart: int | None

    def latest(self) -> Snapshot:
        """All that was last seen of it."""

    def fresh(self, pages: int = 1, up_to: int | None = None) -> Snapshot:
        """A new look."""

    def pages(self, pages: int | None = None, up_to: int | None = None) -> list[Wanted]:
        """The lists that such a look will ask for."""

    def believe(self, seen: Snapshot) -> None:
        """So it is."""


class Settling:
    """Waits for one account. `opposite`: the same for the account that it trades with, if there is one."""

    def __init__(self, view: Looking, patience: Patience, trades: Trades) -> None:
        self.opposite: Settling | None = None
        self._view = view
        self._patience = patience
        self._trades = trades
        self._asked: list[Ticket] = []  # since the account was last settled
        self._due: set[str] = set()  # ids
        self._placed_at = float("-inf")  # by the monotonic clock

    def ask_for(self, ticket: Ticket) -> None:
        """An order is being placed."""
        self._asked.append(ticket)
        self._placed_at = time.monotonic()

    def expect(self, ids: Iterable[str]) -> None:
        """Orders were taken, or a list has shown them for the first time: each list has to, before it is believed."""
        due = set(ids)
        self._due |= due
        if due:
            self._placed_at = time.monotonic()

    @property
    def placed_at(self) -> float:
        """When an order of either account was last placed, or seen for the first time, by the monotonic clock."""
        return max(self._placed_at, self._placed_at if self.opposite is None else self.opposite._placed_at)

    def settle(self, pages: int, up_to: int | None) -> Snapshot:
        """A look of so many pages, or of more, that shows all; the account is then believed to be so.

        The last one, where that does not come about in time. What a look shows is as old as its first request: one that
        took long, because the target was away meanwhile, is no reason to give up.
        """
        view, started, traded = self._view, time.monotonic(), self._may_have_traded()
        theirs = [] if self.opposite is None or not traded else self.opposite._view.pages()
        while True:
            waited = time.monotonic() - started
            with asked_ahead([*view.pages(pages, up_to), *theirs]):
                snapshot = view.fresh(pages, up_to)
                is_shown = view.own.all_seen(borders.floor_of(up_to, view.apart)) and self._shows_orders(snapshot)
                if is_shown:
                    self._patience.rewarded(waited)
                    if not view.lag.pending and (not traded or self._shows_trades(waited)):
                        self._is_settled(snapshot)
                        return snapshot
            if is_shown:
                sleep(pause_s(waited))
            elif pages < SNAPSHOT_PAGES:
                pages += 1
            elif waited > self._patience.seconds:
                self._patience.disappointed()
                view.own.give_up()
                self._due.clear()
                return snapshot
            else:
                sleep(self._patience.pause_s(waited))

    def _is_settled(self, snapshot: Snapshot) -> None:
        self._asked.clear()
        if time.monotonic() > self._view.delays.consistent_from:  # until then, the next list may be behind this one
            self._due.clear()
        self._view.believe(snapshot)

    def _shows_orders(self, snapshot: Snapshot) -> bool:
        """Whether it shows all that it has to. What is newer than its ceiling it does not."""
        known, ceiling = self._view.latest().orders, snapshot.ceiling
        newer = {id for id in self._due if ceiling is not None and id in known and known[id].created_at > ceiling}
        return self._due - newer <= snapshot.orders.keys() | set(snapshot.unread)

    def _is_shown(self, snapshot: Snapshot) -> bool:
        """Whether it shows all orders, and all cancels that were told."""
        return self._view.own.all_seen(self._view.apart) and self._shows_orders(snapshot) and not self._view.lag.pending

    def _may_have_traded(self) -> bool:
        """Whether what was placed in one account may have met what stands, or was placed, in the other."""
        there = self.opposite
        if there is None:
            return False
        met = (*product(self._asked, there._in_the_book()), *product(there._asked, self._in_the_book()))
        return any(may_trade(*pair) for pair in met)

    def _in_the_book(self) -> list[Order | Ticket]:
        return [*self._view.latest().live(), *self._asked]

    def _shows_trades(self, waited_s: float) -> bool:
        """Whether both accounts tell the same of their trades, or the time for that is up."""
        assert self.opposite is not None
        theirs = self.opposite._view.fresh()
        shown = self.opposite._is_shown(theirs)
        if not shown and waited_s <= self._patience.seconds:
            return False
        if not self._trades.show(self._placed(), self.opposite._placed(), waited_s):
            return False
        if shown:
            self.opposite._is_settled(theirs)
        return True

    def _placed(self) -> list[Order]:
        return [order for order in self._view.latest().orders.values() if self._view.own.placed(order)]
