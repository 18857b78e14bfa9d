"""What an account has beside the cancel-alls of another one: all of it is there for its own."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.account.answers import Canceled
from conformance.account.looks import with_lists
from conformance.account.patience import pause_s
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.oracle.cancel_case import fixed
from conformance.oracle.cancellation import UNTOUCHED
from conformance.oracle.snapshot import Snapshot
from conformance.scenarios.later import expect_to_itself
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach


def clear_untouched(
    stage: Stage, view: View, before: Snapshot, *canceled: Exchange, alone: Callable[[], object] = lambda: None
) -> None:
    """Cancel what an account has, and see to it that it was as it was `before` these cancel-alls of another one: all
    that was live there is told as canceled now.

    Raises Violation where some is not, and lists show that it has changed. `alone`: does the same once more without
    those of another one, and raises Violation where that is wrong too.
    """

    def expect_told(answer: Canceled) -> None:
        told = {order.id for order in answer.orders}
        # An order that is told under another id was canceled all the same: another rule is about the id.
        renamed = Counter(fixed(order) for order in answer.orders if order.id not in before.orders)
        rest = {order.id: order for order in before.live() if order.id not in told}
        for order in list(rest.values()):
            if renamed[fixed(order)]:
                renamed[fixed(order)] -= 1
                del rest[order.id]
        view.account.observations.count({"cancel.own-only": len(before.live()) - len(rest)})
        if rest and not answer.tried_before:
            changed = _changed(view, replace(before, orders=rest), *canceled, answer.exchange)
            if changed:
                expect_to_itself(view, before, view.latest())
                alone()
            view.account.observations.report(changed, raising=True)

    stage.lane.cancel_in_passing(view, None, view.account.credentials[0], before, then=expect_told)
    view.look_apart(None)


def _changed(view: View, before: Snapshot, *evidence: Exchange) -> Sequence[Breach]:
    began = time.monotonic()
    while True:
        asked_at = time.monotonic()
        after = view.fresh(len(before.exchanges), before.ceiling)
        breaches = UNTOUCHED.judge(before, after).breaches
        if not breaches or asked_at > view.delays.consistent_from:
            break
        sleep(pause_s(time.monotonic() - began))
    return with_lists(breaches, [before], evidence, [after])
