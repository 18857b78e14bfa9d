"""What cancel-all must do: rules over its answer, and over the orders of both accounts before and after."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from conformance.naming import count
from conformance.oracle.cancel_case import (
    GONE,
    Cancellation,
    became,
    belongs_to,
    differences,
    fixed,
    is_another,
    traded,
)
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.oracle.snapshot import Snapshot
from conformance.orders import FIELDS, Order
from conformance.verdict import Breach

# These fields have rules of their own: a cancel changes some, and the documents speak of the others.
_RULED_APART = {"filled_qty", "avg_fill_price", "status", "reject_reason", "updated_at"}
REST = tuple(name for name in FIELDS if name not in _RULED_APART)


_LONG_S = 3600  # further apart than clocks are, and than lists are behind

CANCELLATION: Rulebook[[Cancellation]] = Rulebook()


@CANCELLATION.rule("cancel.idempotent")
def said_again_it_does_nothing(c: Cancellation) -> Iterator[Sight]:
    """The second of two equal calls answers an empty array, and changes no record."""
    if not c.again:
        return
    found = len(c.returned)
    yield (
        Breach("an empty array from a second cancel-all", f"{count(found, 'order')}, {c.returned[0]}")
        if found
        else RIGHT
    )
    over = [order for order in c.before.orders.values() if not order.live]
    yield from _unchanged(over, c.after, "records as the first call left them")


@CANCELLATION.rule("cancel.empty")
def nothing_to_cancel_nothing_returned(c: Cancellation) -> Iterator[Sight]:
    """Where nothing is live in scope the array is empty. What is of another market has a rule of its own."""
    if c.to_cancel() or c.rejected:
        return
    known = [order for order in c.returned if order.id in c.before.orders]
    found = [order for order in (*known, *c.surprises()) if c.in_scope(order)]
    yield Breach(f"an empty array, since no order is live in {c.scope}", count(len(found), "order")) if found else RIGHT


@CANCELLATION.rule("order.id")
def an_id_is_the_same_everywhere(c: Cancellation) -> Iterator[Sight]:
    """An order has the same id in the array as in lists, to the letter, and no other order has it."""
    returned = {order.id for order in c.returned}
    missing = {fixed(order): order.id for order in c.to_cancel() if order.id not in returned}
    for order in c.returned:
        was = c.before.orders.get(order.id)
        if was is not None:
            yield Breach(f"{was} under its id", f"{order}, another order") if is_another(was, order) else RIGHT
        elif fixed(order) in missing and c.before.covers(order.created_at):
            yield Breach(f"the id {missing[fixed(order)]}, as in lists", order.id)


@CANCELLATION.rule("cancel.status")
def every_record_says_canceled(c: Cancellation) -> Iterator[Sight]:
    """The array holds orders that are canceled now."""
    # One that was over before, and is told as it was, has rules of its own.
    over = {order.id for was, order in c.pairs() if not was.live and order.status == was.status}
    for order in (each for each in c.returned if "status" not in each.unread and each.id not in over):
        yield RIGHT if order.status == "canceled" else Breach("status canceled in the array", str(order))


@CANCELLATION.rule("cancel.exact")
def the_array_is_what_was_canceled(c: Cancellation) -> Iterator[Sight]:
    """Each order once, and none that was not live before. What was filled, rejected or expired has rules of its own."""
    for key, times in Counter(order.id for order in c.returned).items():
        if times > 1:
            yield Breach("each order once in the array", f"{key} {count(times, 'time')}")
    for was, order in c.pairs():
        if was.status == "canceled":
            yield Breach("only orders that were live before", f"{order}, which was canceled already")
        elif was.live:
            yield RIGHT
    for order in c.surprises():
        if not belongs_to(order, c.other_before):
            # Nobody has placed it since: it was live and missing in lists, or it was not live.
            old = c.clock is not None and order.created_at < c.clock[0] - _LONG_S
            yield Breach("only orders that were listed as live before", f"{order}", certain=old)


@CANCELLATION.rule("cancel.exact")
def whatever_was_canceled_is_in_the_array(c: Cancellation) -> Iterator[Sight]:
    """An order that was live before and is canceled after has been canceled by this request."""
    returned = {order.id for order in c.returned}.union(c.unread)
    if c.tried_before or not all(c.unread):
        return
    for was in c.to_cancel():
        now = c.after.orders.get(was.id)
        if now is not None and now.status == "canceled" and was.id not in returned:
            yield Breach(f"{was} in the array, since it is canceled now", "an array without it", certain=False)


@CANCELLATION.rule("cancel.complete")
def nothing_in_scope_stays_live(c: Cancellation) -> Iterator[Sight]:
    """Every order that was live in scope is live no more. Whole markets that are left out have a rule of their own."""
    left_out = markets_left_out(c.to_cancel(), c.after)
    for was in c.to_cancel():
        now = c.after.orders.get(was.id)
        if now is None and c.after.unread:
            continue  # it may be there, and cannot be read
        if now is None or not now.live:
            yield RIGHT
        elif was.symbol not in left_out:
            yield Breach(f"every live order of {c.scope} canceled", f"{now} left")


@CANCELLATION.rule("cancel.scope-all")
def every_market_is_reached(c: Cancellation) -> Iterator[Sight]:
    """Without a symbol no market is left out."""
    markets = {order.symbol for order in c.to_cancel()}
    if c.symbol is not None or len(markets) < 2:
        return
    left_out = markets_left_out(c.to_cancel(), c.after)
    for symbol in sorted(markets):
        got = f"{symbol} left out, with {len(c.before.live(symbol))} live"
        yield Breach("orders of every market canceled", got) if symbol in left_out else RIGHT


def markets_left_out(live: Sequence[Order], after: Snapshot) -> set[str]:
    """The markets of which all that was `live` was left so, where all of each other market was canceled."""
    left = {order.symbol for order in live if (now := after.orders.get(order.id)) and now.live}
    gone = {order.symbol for order in live if not ((now := after.orders.get(order.id)) and now.live)}
    return left if gone and not left & gone else set()


@CANCELLATION.rule("cancel.scope-symbol")
def other_markets_are_left_alone(c: Cancellation) -> Iterator[Sight]:
    """With a symbol nothing of another market is returned or changed."""
    if c.symbol is None:
        return
    over = {order.id for was, order in c.pairs() if not was.live}
    for order in c.returned:
        if order.id not in over and not belongs_to(order, c.other_before):  # else another rule is about it
            yield RIGHT if c.in_scope(order) else Breach(f"only orders of {c.symbol} in the array", str(order))
    outside = [order for order in c.before.live() if not c.in_scope(order)]
    yield from _unchanged(outside, c.after, f"orders outside {c.symbol}")


@CANCELLATION.rule("cancel.terminal-untouched")
def finished_orders_stay_as_they_are(c: Cancellation) -> Iterator[Sight]:
    """What is filled or rejected is neither returned nor changed, in any field; what was canceled is not changed."""
    yield from _terminal(c, "filled", "canceled", "rejected")


@CANCELLATION.rule("cancel.expired-untouched")
def expired_orders_stay_as_they_are(c: Cancellation) -> Iterator[Sight]:
    """An expired order is neither open nor partially filled, so the same holds."""
    yield from _terminal(c, "expired")


@CANCELLATION.rule("cancel.own-only")
def other_users_are_left_alone(c: Cancellation) -> Iterator[Sight]:
    """The bystander's orders are neither returned nor changed."""
    for order in c.returned:
        if belongs_to(order, c.other_before):
            yield Breach("only the caller's orders in the array", f"{order}, which is another account's")
    yield from _unchanged(c.other_before.standing, c.other_after, "another account's orders")


@CANCELLATION.rule("cancel.keeps-fills")
def what_was_filled_stays_filled(c: Cancellation) -> Iterator[Sight]:
    """filled_qty is what it was. A trade may have come in between, so more is not certain; less is."""
    for was, now in c.pairs():
        if now.filled_qty == was.filled_qty:
            yield RIGHT
        else:
            traded = now.filled_qty > was.filled_qty
            want = f"filled_qty {was.filled_qty} as before"
            yield Breach(want, f"{now.filled_qty} on {now}", certain=not traded, excusable=traded)


@CANCELLATION.rule("cancel.keeps-average")
def the_average_stays(c: Cancellation) -> Iterator[Sight]:
    """avg_fill_price is what it was, unless there was a trade in between."""
    for was, now in c.pairs():
        if now.filled_qty == was.filled_qty:
            kept = now.avg_fill_price == was.avg_fill_price
            want = f"avg_fill_price {was.avg_fill_price} as before"
            yield RIGHT if kept else Breach(want, f"{now.avg_fill_price} on {now}")


@CANCELLATION.rule("cancel.keeps-rest")
def everything_else_stays(c: Cancellation) -> Iterator[Sight]:
    """No other field changes."""
    for was, now in c.pairs():
        changed = was.changes(now, REST)
        if changed:
            yield Breach("the rest of the record as before", differences(changed, now), changed=became(changed, now))
        else:
            yield RIGHT


@CANCELLATION.rule("cancel.updated-at")
def updated_at_is_the_time_of_the_cancel(c: Cancellation) -> Iterator[Sight]:
    """updated_at lies where the target's own clock stood during the request."""
    if c.clock is None:
        return
    earliest, latest = c.clock
    for now in (now for was, now in c.pairs() if was.live):
        if earliest <= now.updated_at <= latest:
            yield RIGHT
        else:
            yield Breach(
                f"updated_at between {earliest} and {latest}, the time of the cancel",
                _updated(now),
            )


@CANCELLATION.rule("cancel.updated-at-stable", may_also=["cancel.updated-at"])
def updated_at_is_the_same_in_lists(c: Cancellation) -> Iterator[Sight]:
    """A later list shows the updated_at of the answer. Where the answer has that of before the cancel, it is the answer
    that is wrong.
    """
    before = {order.id: was.updated_at for was, order in c.pairs() if was.live}
    for order in c.returned:
        listed = c.after.orders.get(order.id)
        if listed is not None and listed.status == order.status == "canceled":
            if listed.updated_at == order.updated_at:
                yield RIGHT
            elif before.get(order.id) == order.updated_at < listed.updated_at:
                want = f"updated_at {listed.updated_at}, the time of the cancel, as in lists"
                yield Breach(want, _updated(order), "cancel.updated-at", changed=("updated_at",))
            else:
                want = f"updated_at {order.updated_at} as in the answer"
                yield Breach(want, _updated(listed), changed=("updated_at",))


@CANCELLATION.rule("cancel.visible")
def lists_show_the_same_records(c: Cancellation) -> Iterator[Sight]:
    """A list asked for right after shows each returned order, canceled, with the same record; also one that was placed
    and that no list had shown before.
    """
    placed = [order for order in c.returned if order.id in c.unshown and order.id not in c.before.orders]
    for order in (*(order for _, order in c.pairs()), *placed):
        listed = c.after.orders.get(order.id)
        if listed is None:
            if c.after.covers(order.created_at):
                want = f"{order}, which cancel-all returned, in a list right after it"
                yield Breach(want, "a list without it", changed=GONE)
        else:
            changed = order.changes(listed, [name for name in FIELDS if name != "updated_at"])
            if changed:
                want, got = "the answer's record in the list after", differences(changed, listed)
                yield Breach(want, got, changed=became(changed, listed))
            else:
                yield RIGHT


def _terminal(c: Cancellation, *statuses: str) -> Iterator[Sight]:
    for was, order in c.pairs():
        if was.status in statuses and was.status != "canceled":
            yield Breach(
                "no order that was filled, canceled, rejected or expired before", f"{order}, which was {was.status}"
            )
    finished = [order for order in c.before.orders.values() if order.status in statuses]
    yield from _unchanged(finished, c.after, "orders that were not live")


UNTOUCHED: Rulebook[[Snapshot, Snapshot]] = Rulebook()
"""What an account was, and is after cancel-alls of another one."""


@UNTOUCHED.rule("cancel.own-only")
def cancel_alls_of_others_change_nothing(before: Snapshot, after: Snapshot) -> Iterator[Sight]:
    """A bystander's orders are not changed."""
    yield from _unchanged(before.standing, after, "another account's orders")


def _unchanged(orders: Iterable[Order], after: Snapshot, whose: str) -> Iterator[Sight]:
    for was in orders:
        now = after.orders.get(was.id)
        if now is None:
            # If the snapshot does not reach back to the order, nothing is known about it.
            if after.covers(was.created_at):
                yield Breach(f"{whose} listed as before", f"{was} missing", changed=GONE)
        elif not (changed := was.changes(now)):
            yield RIGHT
        elif not traded(was, now):
            got = differences(changed, now)
            yield Breach(f"{whose} unchanged", got, certain=not was.live, changed=became(changed, now))


def _updated(order: Order) -> str:
    return f"{order.updated_at} on {order}"
