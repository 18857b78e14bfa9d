"""Leaving a target as it was found: what the run placed is canceled when it ends."""

import contextlib
from collections.abc import Iterator

from conformance.account.by_status import newest_by_status
from conformance.account.view import View
from conformance.naming import count
from conformance.orders import LIVE, Order
from conformance.stage.lane import Lane
from conformance.verdict import CannotJudge, Inconclusive, Violation

_CANCEL_ALLS = 8  # fifty orders each are more than a run has live
_UNKNOWN = (404, 410)


def clean_up(lane: Lane) -> list[str]:
    """Cancel each live order that the run placed, and look whether it is gone; what is left, a line for each.

    By cancel-all where nothing else is live; order by order through the driver where there is, or where cancel-all
    leaves some; by one cancel-all after the other where the driver cannot.
    """
    left: list[str] = []
    with lane.unjudged(), lane.driver.cleaning_up():
        for view in lane.views:
            view.own.account_for(view.journal.intended)
            if not view.own.placed_any:
                continue
            try:
                left += [f"{view}: {line}" for line in _without_own(lane, view)]
            except (CannotJudge, Violation) as reason:
                left += perhaps_left(view, f"could not be seen: {reason}")
    return left


def perhaps_left(view: View, why: str) -> list[str]:
    """A line that names the orders of this run that no list has shown finished, as far as their ids are known. Nothing
    where none was placed. It takes no request.
    """
    if not view.own.placed_any:
        return []
    seen = view.latest().orders if view.own.begun else {}
    ids = sorted(id for id in view.own.named if id not in seen or seen[id].live)
    those = f"{count(len(ids), 'order')} of this run ({', '.join(ids)})" if ids else "orders of this run"
    next_run = "; the next run looks for them" if view.journal.keeps else ""
    return [f"{view}: whether {those} are left {why}{next_run}"]


def _without_own(lane: Lane, view: View) -> Iterator[str]:
    own = _own_live(view)
    placed, seen = view.own.ids, view.latest()
    if placed and not own and placed.isdisjoint([*seen.orders, *seen.unread]):
        raise Inconclusive("lists no longer show an order of this run")
    if seen.unread:
        _cancel_unread(view)
        own = _own_live(view)
    for _ in range(1 if lane.driver.can_cancel else _CANCEL_ALLS):
        before = len(own)
        if own and not view.foreign_live():
            with contextlib.suppress(Violation, CannotJudge):
                view.account.cancel_all()
            own = _own_live(view)
        if len(own) == before:
            break
    refused: dict[str, int] = {}
    tried: set[str] = set()
    # Where there are many, a look shows the newest of them alone.
    while lane.driver.can_cancel and (untried := [order for order in own if order.id not in tried]):
        refused |= lane.cancel_each(view, untried)
        tried |= {order.id for order in untried}
        own = _own_live(view)
    for order in own:
        if refused.get(order.id) in _UNKNOWN:
            yield (
                f"{order} is shown as live by lists, but its cancel was answered {refused[order.id]}: nothing is to be"
                " done, unless driver.cancel has a wrong path"
            )
        else:
            yield f"{order}: cancel it by hand"


def _cancel_unread(view: View) -> None:
    """Cancel all, since live orders of this run may be among the records that cannot be read.

    Raises Inconclusive if such are live all the same, Declined if that would harm.
    """
    view.decline_to_harm()
    with contextlib.suppress(Violation):
        view.account.cancel_all()
    if newest_by_status(sorted(LIVE), view.account).unread:
        raise Inconclusive("lists of live orders hold records that cannot be read")


def _own_live(view: View) -> list[Order]:
    """The run's own live orders, as lists show them by status, however deep they lie, or by themselves, as deep as this
    run has seen any: either may be what is broken.
    """
    seen = view.believed().orders
    by_status = {order.id: order for order in view.look_for_live() if order.id not in seen}
    live = {id: order for id, order in seen.items() if order.live} | by_status
    view.own.claim(live.values())
    return [order for order in live.values() if view.own.owns(order)]
