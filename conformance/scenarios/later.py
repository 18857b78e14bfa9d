"""What seems to be done by a cancel-all and has another cause: orders that change by themselves, that lists without
filters leave out, or that are another account's.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations

from conformance.account.looks import lists_about, with_lists
from conformance.account.sparing import in_use
from conformance.account.view import View
from conformance.naming import count
from conformance.oracle.cancel_case import GONE, became, differences, fixed
from conformance.oracle.listing import MAX_LIMIT, changed_by_reading
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach

# What jobs do that run each second, or two, is done by then.
_LATER_S = 2.2

# A list that is behind in one process of three may be so a second time.
_LOOKS = 3

_UNTOUCHED = ("cancel.terminal-untouched", "cancel.own-only")


def expect_unchanged(stage: Stage, earlier: Snapshot) -> None:
    """Raise a Violation where an order of the caller that was over then is not the same now."""
    stage.view.changing()
    now = stage.view.settled()
    over = replace(earlier, orders={id: order for id, order in earlier.orders.items() if not order.live})
    breaches = [each._replace(requirement=_broken_by(each.changed)) for each in changed_by_reading(over, now)]
    stage.caller.observations.report(with_lists(breaches, [earlier], (), [now]), raising=True)


def explained(
    stage: Stage, breaches: Sequence[Breach], views: Sequence[tuple[View, Snapshot, Snapshot]]
) -> Sequence[Breach]:
    """The breaches of a cancel-all; those that have another cause are told as that. `views`: the accounts that it was
    judged by, each as it was before and after.
    """
    if any(each.changed == GONE for each in breaches) and (foreign := _shown_to_another(views)):
        return [foreign]
    if any(each.requirement in ("cancel.own-only", "cancel.exact") for each in breaches):
        for view, before, after in views:
            expect_to_itself(view, before, after)
    untouched = [each for each in breaches if each.requirement in _UNTOUCHED]
    if any(each.changed == GONE for each in breaches) and (hidden := _hidden(views)):
        return [*(each for each in breaches if each.changed != GONE), hidden]
    if any(each.changed for each in untouched) and (later := _changed_by_itself(views)):
        return [*(each for each in breaches if each.requirement not in _UNTOUCHED), later]
    return unless_faded(stage, breaches)


def expect_to_itself(view: View, before: Snapshot, after: Snapshot) -> None:
    """Raise Inconclusive where somebody else has brought orders into this account since the run began, who may cancel
    them, too, and any others.
    """
    known = {fixed(order) for order in before.orders.values() if view.own.owns(order)}  # perhaps under another id now
    seen = {**before.orders, **after.orders}.values()
    if came := [order for order in seen if view.own.came_meanwhile(order) and fixed(order) not in known]:
        raise in_use(count(len(came), "order"), f"{view}", came)


def _shown_to_another(views: Sequence[tuple[View, Snapshot, Snapshot]]) -> Breach | None:
    """That one account is shown orders that the other one alone had before: no wonder that its own are gone."""
    for (_, of_the_other, _), (view, before, after) in permutations(views, 2):
        strange = (order for id, order in after.orders.items() if id not in before.orders)
        foreign = (order for order in strange if order.id in of_the_other.orders)
        if (order := next(foreign, None)) is not None:
            got = f"{order}, which is another account's"
            return Breach(f"only orders of {view}", got, "list.own-only", exchanges=(*lists_about(order, after),))
    return None


def _hidden(views: Sequence[tuple[View, Snapshot, Snapshot]]) -> Breach | None:
    """That an order is missing in lists without filters which a list by its market and status shows."""
    for view, before, after in views:
        gone = (was for was in before.orders.values() if was.id not in after.orders)
        for was in (each for each in gone if after.covers(each.created_at)):
            status = "canceled" if was.live else was.status
            at = Query(was.symbol, status, was.created_at, was.created_at, MAX_LIMIT)
            shown = view.account.list(at)
            if all(order.id != was.id for order in shown.orders) or _comes_round(view, was, after):
                return None
            want = f"{was} in a list without filters, as in one of its market, status and second"
            got = f"{count(len(after.orders), 'order')} without it"
            of_market = view.account.list(at.without("status"))
            whole = any(order.id == was.id for order in of_market.orders)
            requirement = "list.symbol-omitted" if whole else "list.limit-default"
            lists = (*lists_about(was, after), shown.exchange)
            return Breach(want, got, requirement, exchanges=lists, changed=GONE)
    return None


def _comes_round(view: View, order: Order, after: Snapshot) -> bool:
    """Whether lists without filters show the order when they are asked again: then they were behind."""
    looks = (view.fresh(len(after.exchanges), after.ceiling) for _ in range(_LOOKS))
    return any(order.id in look.orders for look in looks)


def _changed_by_itself(views: Sequence[tuple[View, Snapshot, Snapshot]]) -> Breach | None:
    """That canceled orders change with nothing done to them, as those did that had been canceled before, or become live
    again.
    """
    changed = [
        (was, now)
        for _, before, after in views
        for was in before.orders.values()
        if not was.live and (now := after.orders.get(was.id)) is not None and was.changes(now)
    ]
    if not changed or any(was.status != "canceled" for was, _ in changed):
        return None
    ways = {became(was.changes(now), now) for was, now in changed}
    sleep(_LATER_S)
    for view, _, after in views:
        later = view.fresh(len(after.exchanges), after.ceiling)
        for was, now in _canceled_in_both(after, later):
            # What becomes live again by itself is canceled again by the next one.
            if (way := became(difference := was.changes(now), now)) in ways or now.live:
                want = f"{was} in later lists as it was canceled"
                shown = (*lists_about(was, after), *lists_about(was, later))
                looks = (*after.exchanges, *later.exchanges)
                within_s = math.ceil(max(each.came_at for each in looks) - min(each.sent_at for each in looks))
                got = f"{differences(difference, now)}, within {within_s} s, with nothing done to it"
                return Breach(want, got, _broken_by(way), exchanges=shown, changed=way)
    return None


def unless_faded(stage: Stage, breaches: Sequence[Breach]) -> Sequence[Breach]:
    """The breaches; that orders have lost their reject_reason is told as that where they do so by themselves."""
    rest = [each for each in breaches if each.changed != ("reject_reason",)]
    faded = _fading(stage) if len(rest) < len(breaches) and stage.arranger.injects else None
    return breaches if faded is None else [*rest, faded]


def _fading(stage: Stage) -> Breach | None:
    """That a rejected order loses its reason with nothing done to it. It takes a new one to tell, which has lost it
    when it is first shown, or soon.
    """
    before = stage.view.latest()
    stage.arranger.renew(stage.view, of_now=True)
    new = stage.view.latest()
    sleep(_LATER_S)
    later = stage.view.fresh(len(new.exchanges))
    for was in (each for each in new.unknown_to(before) if each.status == "rejected"):
        now = later.orders.get(was.id)
        if now is not None and now.status == "rejected" and not now.reject_reason:
            want = f"{was}, which was injected with a reject_reason, with it in all lists"
            shown = (*lists_about(was, new), *lists_about(was, later))
            return Breach(want, f"{now.reject_reason}", "order.reject-reason", exchanges=shown)
    return None


def _canceled_in_both(first: Snapshot, second: Snapshot) -> Iterable[tuple[Order, Order]]:
    both = ((was, second.orders.get(was.id)) for was in first.orders.values() if was.status == "canceled")
    return ((was, now) for was, now in both if now is not None)


def _broken_by(changed: Sequence[str]) -> str:
    """The requirement that a canceled order breaks by becoming this, with nothing done to it."""
    if set(changed) == {"updated_at"}:
        return "cancel.updated-at-stable"
    alive = any(each.split()[0] in ("status", "filled_qty") for each in changed)
    return "cancel.final" if alive else "cancel.visible"
