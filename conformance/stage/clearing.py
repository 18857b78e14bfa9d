"""Cancel-alls judged by their answers alone, as far as an answer says what was known; else by what lists show."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from conformance.account.answers import Canceled
from conformance.account.looks import with_lists
from conformance.account.patience import pause_s
from conformance.account.view import View
from conformance.observations import Observations
from conformance.oracle.cancel_case import Cancellation
from conformance.oracle.cancellation import CANCELLATION
from conformance.oracle.rules import Judgement
from conformance.oracle.snapshot import Snapshot
from conformance.turns import sleep

Case = TypeVar("Case", bound=Cancellation)

NOTHING = Snapshot({})
UNSEEN = Snapshot({}, horizon=2**63)  # of what was not looked at nothing is known


class Many(NamedTuple):
    """Many live orders as lists show them, the young ones and the old ones, which lie so deep that they are looked at
    apart; the more of them first. `beside`: what the opposite account has, if it was given any.
    """

    parts: Sequence[Snapshot]
    beside: Snapshot | None = None

    @property
    def apart(self) -> Snapshot | None:
        """The part that is not looked at again unless an answer lacks some of it."""
        return next(iter(self.parts[1:]), None)


def again(view: View, parts: Sequence[Snapshot]) -> Snapshot:
    """What was looked at in several parts, as it is now; where lists begin and end is told of the first part."""
    first, *others = [view.fresh(len(each.exchanges), each.ceiling) for each in parts]
    return replace(first, orders={id: order for each in (*others, first) for id, order in each.orders.items()})


def looked_at(view: View, case: Callable[[], Case]) -> tuple[Case, Judgement]:
    """The cancel-all that has just been answered, with what lists show after it, and the judgement. They are asked
    again as long as they may be behind.
    """
    came_at = time.monotonic()
    while True:
        asked_at = time.monotonic()
        cancellation = case()
        judgement = CANCELLATION.judge(cancellation)
        if not view.lag.pending and (not judgement.breaches or asked_at > view.delays.consistent_from):
            return cancellation, judgement
        sleep(pause_s(time.monotonic() - came_at))


def judge_answer(
    view: View, before: Snapshot, answer: Canceled, clock: tuple[int, int] | None, many: Many | None = None
) -> Snapshot:
    """Note what is wrong with this answer to a cancel-all of an account that was so `before`; what the account is now.

    Where the answer is right no list is asked for: what it tells is what later lists have to show. `clock` as a
    Cancellation has it; `many`: how the account was looked at, if it was brought to have so many. Raises Violation for
    what the check is about and somebody else may have done.
    """
    told = replace(before, orders={**before.orders, **{order.id: order for order in answer.orders}})
    case = Cancellation(
        symbol=answer.symbol,
        returned=answer.orders,
        before=before,
        after=told,
        other_before=NOTHING if many is None or many.beside is None else many.beside,
        other_after=UNSEEN,
        clock=clock,
        tried_before=answer.tried_before,
        unshown=frozenset(view.own.unshown),
        unread=answer.unread,
    )
    if not CANCELLATION.judge(case).breaches:
        return told
    case, judgement = looked_at(
        view, lambda: replace(case, after=again(view, [before] if many is None else many.parts))
    )
    breaches = with_lists(judgement.breaches, [before], [answer.exchange], [case.after])
    noted = Observations()  # it is not what the check is about
    noted.report(breaches)
    view.account.observations.adopt(noted)
    # What has to be met again is met by a check that is about it, if it is tried once more.
    view.account.observations.report([each for each in breaches if not each.certain])
    return case.after
