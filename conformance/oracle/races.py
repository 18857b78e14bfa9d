"""Rules over requests that ran at the same time: no order is lost, and none is returned twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from conformance.oracle.cancellation import markets_left_out
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach


@dataclass(frozen=True, slots=True)
class Race:
    """Cancel-alls of the caller that ran at the same time, and the requests that ran with them.

    `answers`: what each cancel-all returned, in the order in which they were sent. `placed`: ids of the caller's orders
    that were confirmed meanwhile. `takers`: orders that the other account placed meanwhile to trade with the caller's,
    in their final state. `met_itself`: how much of that account's older orders was filled meanwhile: some exchanges let
    an account trade with itself. `broken_off`: an attempt was answered 503 or not at all, so that an order may be
    missing in all answers.
    """

    before: Snapshot
    after: Snapshot
    answers: Sequence[Sequence[Order]]
    placed: Set[str] = frozenset()
    takers: Sequence[Order] = ()
    met_itself: Decimal = Decimal(0)
    broken_off: bool = False

    def told(self) -> dict[str, Order]:
        """All orders in the answers, by id."""
        return {order.id: order for answer in self.answers for order in answer}

    @property
    def traded(self) -> bool:
        """Whether any of the other account's orders was filled."""
        return any(order.filled_qty for order in self.takers)

    def was_filled_after_told(self, now: Order) -> bool:
        """Whether an answer told the order as canceled, and the other account's orders have filled it since: it does
        not stand in the book because a cancel-all left it there.
        """
        was = self.told().get(now.id)
        return was is not None and self.traded and now.filled_qty > was.filled_qty


RACES: Rulebook[[Race]] = Rulebook()


@RACES.rule("cancel.concurrent-once", may_also=("cancel.exact", "cancel.concurrent-fill"))
def in_one_answer(race: Race) -> Iterator[Sight]:
    """No order is told by two answers, nor twice by one. What the second tells more fills of was told as canceled, and
    then traded all the same.
    """
    alone = "cancel.exact" if len(race.answers) == 1 else None
    for number, answer in enumerate(race.answers, start=1):
        for id, times in Counter(order.id for order in answer).items():
            if times > 1:
                got = f"{id} {times} times in the answer to cancel-all {number}"
                yield Breach("each order once in an answer", got, alone)
    if len(race.answers) < 2:
        return
    tellers: dict[str, dict[int, Decimal]] = {}
    for number, answer in enumerate(race.answers, start=1):
        for order in answer:
            tellers.setdefault(order.id, {})[number] = order.filled_qty
    for id, fills in tellers.items():
        told = f"{id} in the answers to cancel-alls {' and '.join(map(str, fills))} of {len(race.answers)}"
        if len(fills) == 1:
            yield RIGHT
        elif race.takers and len({*fills.values()}) > 1:
            got = f"{told}, with filled_qty {' and '.join(map(str, fills.values()))}"
            yield Breach("each order in one answer, and not filled after it", got, "cancel.concurrent-fill")
        else:
            yield Breach("each order in one answer", told)


@RACES.rule("cancel.concurrent-once")
def together_complete(race: Race) -> Iterator[Sight]:
    """Each order that was live before is in an answer, and live no more."""
    if len(race.answers) < 2:
        return
    told = race.told()
    for was in race.before.live():
        now = race.after.orders.get(was.id)
        if now is None:
            if was.id not in told and race.after.covers(was.created_at):
                yield Breach(f"{was} in one of the answers, or in the list after", "neither")
        elif now.live and not race.was_filled_after_told(now):
            yield Breach("every order canceled by one cancel-all or the other", f"{now} left live")
        elif was.id not in told and not race.broken_off and now.status == "canceled":
            yield Breach(f"{was} in one of the answers, since it is canceled", "answers without it")


@RACES.rule("cancel.complete", may_also=("cancel.scope-all",))
def one_alone_is_complete(race: Race) -> Iterator[Sight]:
    """What was live before a single cancel-all is live no more, whatever ran beside it. A whole market that is left
    breaks what it breaks without a race.
    """
    if len(race.answers) != 1:
        return
    left_out = markets_left_out(race.before.live(), race.after)
    for was in race.before.live():
        now = race.after.orders.get(was.id)
        if now is None and race.after.unread:
            continue  # it may be there, and cannot be read
        if now is None or not now.live:
            yield RIGHT
        elif race.was_filled_after_told(now):
            continue
        else:
            of_scope = "cancel.scope-all" if was.symbol in left_out else None
            yield Breach("every live order canceled", f"{now} left", of_scope)


@RACES.rule("cancel.concurrent-place")
def what_was_placed_is_not_lost(race: Race) -> Iterator[Sight]:
    """An order that was confirmed meanwhile is told and canceled, or not told and live."""
    told = race.told()
    for id in sorted(race.placed):
        now = race.after.orders.get(id)
        if now is None and not race.after.unread:
            # An order that is so new is never older than the horizon.
            yield Breach(f"{id}, confirmed while cancel-all ran, in the answer or live", "a list without it")
        elif now is None:
            continue
        elif id in told and now.status != "canceled":
            yield Breach(f"{id} canceled, since the answer says so", f"{now}")
        elif id not in told and now.status == "canceled" and not race.broken_off:
            yield Breach(f"{id} in the answer, since it is canceled", "an answer without it")
        else:
            yield RIGHT


@RACES.rule("cancel.concurrent-fill")
def one_story_of_each(race: Race) -> Iterator[Sight]:
    """What is told as canceled is canceled with the fills that were told; what is filled is not told.

    A race in which nothing was filled shows nothing right.
    """
    if not race.takers:
        return
    told = race.told()
    for was in race.before.live():
        now = race.after.orders.get(was.id)
        if now is None:
            if race.after.covers(was.created_at):
                yield Breach(f"{was} in the list after", "a list without it")
        elif was.id in told:
            same = now.status == "canceled" and now.filled_qty == told[was.id].filled_qty
            told_so = f"{was.id} canceled with filled_qty {told[was.id].filled_qty}, as in the answer"
            if not same:
                yield Breach(told_so, f"{now} with filled_qty {now.filled_qty}")
            elif race.traded:
                yield RIGHT
        elif now.status == "canceled" and not race.broken_off:
            yield Breach(f"{now} in the answer, since it is canceled", "an answer without it")
        elif race.traded:
            yield RIGHT


@RACES.rule("cancel.concurrent-fill")
def both_sides_tell_the_same(race: Race) -> Iterator[Sight]:
    """What the other account's orders traded at the caller's very price, the caller's orders traded.

    Somebody else may stand at that price too, by chance: so it is met again before it counts.
    """
    if not race.takers or race.after.unread:
        return
    prices = {order.price for order in race.before.live()}
    taken = sum((each.filled_qty for each in race.takers if each.avg_fill_price in prices), Decimal(0))
    taken -= race.met_itself
    given = sum((_filled_since(was, race.after) for was in race.before.live()), Decimal(0))
    if given < taken:
        yield Breach(f"fills of {taken}, which the other side got", f"{given}", certain=False)
    elif taken > 0:
        yield RIGHT


def filled_meanwhile(before: Mapping[str, Order], after: Mapping[str, Order]) -> Decimal:
    """How much of these orders, by id, was filled, as far as that can be read."""
    both = [(before[id], after[id]) for id in before.keys() & after.keys()]
    read = ((was, now) for was, now in both if "filled_qty" not in was.unread | now.unread)
    return sum((now.filled_qty - was.filled_qty for was, now in read), Decimal(0))


def _filled_since(was: Order, after: Snapshot) -> Decimal:
    now = after.orders.get(was.id)
    return Decimal(0) if now is None else now.filled_qty - was.filled_qty
