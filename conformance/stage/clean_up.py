"""Leaving a target as it was found: what the run placed is removed when it ends."""

import contextlib

from conformance.account.account import SNAPSHOT_PAGES, Account
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import LIVE, Order, Query
from conformance.stage.driver import Refused
from conformance.stage.lane import Lane
from conformance.verdict import Inconclusive, Violation

_CANCEL_ALLS = 8  # fifty orders each are more than a run has live


def clean_up(lane: Lane) -> list[str]:
    """Cancel each live order that the run placed, and look whether it is gone; what is left, a line for each.

    By cancel-all where nothing else is live; order by order through the driver where there is, or where cancel-all
    leaves some; by one cancel-all after the other where the driver cannot.
    """
    left: list[str] = []
    with lane.unjudged(), lane.driver.setting_up():
        for account in lane.accounts:
            own = lane.own[account.name]
            own.account_for(lane.journals[account.name].intended)
            if not own.placed_any:
                continue
            try:
                left += [f"{account}: {order}" for order in _without_own(lane, account)]
            except (Inconclusive, Violation) as reason:
                left.append(f"{account}: whether orders of this run are left could not be seen: {reason}")
    return left


def _without_own(lane: Lane, account: Account) -> list[Order]:
    own = _own_live(lane, account)
    placed = lane.own[account.name].ids
    if placed and not own and placed.isdisjoint(lane.latest(account).orders):
        raise Inconclusive("lists show no order of this run any more")
    for _ in range(1 if lane.driver.can_cancel else _CANCEL_ALLS):
        before = len(own)
        if own and not lane.foreign_live(account):
            with contextlib.suppress(Violation, Inconclusive):
                account.cancel_all()
            lane.canceled(account)
            own = _own_live(lane, account)
        if len(own) == before:
            break
    if own and lane.driver.can_cancel:
        for order in own:
            with contextlib.suppress(Refused):
                lane.driver.cancel(account, order.id, order.symbol)
        lane.canceled(account)
        own = _own_live(lane, account)
    return own


def _own_live(lane: Lane, account: Account) -> list[Order]:
    """The run's own live orders, as lists show them by themselves or by status: either may be what is broken."""
    seen = lane.settle(SNAPSHOT_PAGES, account).orders
    live = {id: order for id, order in seen.items() if order.live}
    for status in sorted(LIVE):
        with contextlib.suppress(Violation):
            page = account.list(Query(status=status, limit=MAX_LIMIT))
            live |= {order.id: order for order in page.orders if order.live and order.id not in seen}
    own = lane.own[account.name]
    own.claim(live.values())
    return [order for order in live.values() if own.owns(order)]
