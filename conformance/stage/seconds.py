"""The seconds in which orders are injected: past on the target, and within reach of a snapshot of the account."""

import time

from conformance.account.view import View
from conformance.oracle.listing import MAX_LIMIT
from conformance.turns import sleep

# Injected histories end a minute ago, so that a clock a few seconds off does not put them into the future, and reach
# back far enough for some hundred orders to lie in distinct seconds; for few of them, in an account that was just used.
HISTORY_ENDS_S = 60
HISTORY_SPANS_S = 900
HISTORY_SPANS_AT_LEAST_S = 4

# Where nothing can be placed, nothing tells the target's clock before the first cancel. It may be so far behind ours.
UNKNOWN_CLOCK_BEHIND_S = 900

_NO_CLOCK_IS_AHEAD_BY_S = 86400

# What is injected after a history, before anything is placed, lies in seconds of its own, apart from those before:
# however long it takes to come to it, the lists that are chosen from both are the same.
_ROOM_FOR_MORE_S = HISTORY_SPANS_AT_LEAST_S + 2


def unused(view: View, past: int) -> tuple[int, int]:
    """The first and the last of some seconds that are past on the target and newer than all that was in the account
    before this run. `past`: one that is.

    Else the orders of one run would lie among those of the last, and every snapshot would page through both.
    """
    newest = past - _ROOM_FOR_MORE_S
    used = used_until(view)
    if used + HISTORY_SPANS_AT_LEAST_S <= newest:
        return max(newest - HISTORY_SPANS_S, used + 1), newest
    # The target's clock had come to the newest order when it was seen, whatever ours says.
    seen_at = min(exchange.sent_at for exchange in view.latest().exchanges)
    sleep(seen_at + HISTORY_SPANS_AT_LEAST_S - time.time())
    return used + 1, used + HISTORY_SPANS_AT_LEAST_S


def used_until(view: View) -> int:
    """When the newest order was created that is not this run's; 0 where there is none, or no clock could be so far
    ahead.
    """
    newest = max((order.created_at for order in view.latest().orders.values() if not view.own.owns(order)), default=0)
    return newest if newest < time.time() + _NO_CLOCK_IS_AHEAD_BY_S else 0


def reach(view: View, pages: int) -> int:
    """The second behind which more than so many full pages of the account's orders are newer."""
    return older_than(view, pages * MAX_LIMIT)


def older_than(view: View, count: int) -> int:
    """When the newest order of the account was created that so many are newer than; 0 where there is none."""
    stamps = view.latest().stamps
    return stamps[-1 - count] if len(stamps) > count else 0
