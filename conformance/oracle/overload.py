"""Rules over the ledger of an overload: nothing lost, nothing told twice, nothing refused but as documented.

A request that got no answer may have been done: whatever it explains is no breach. `doubts` says what was not seen.
"""

from bisect import bisect_right
from collections.abc import Iterator
from math import inf

from conformance.operations import LIST
from conformance.oracle.ledger import FULL, Entry, Kind, Ledger, Seen
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.orders import Order
from conformance.verdict import Breach

OVERLOAD: Rulebook[[Ledger]] = Rulebook()

_REFUSAL = 'cancel-all refused with 503 and error ENGINE_BUSY, ENGINE_RESTARTING or "spot trading disabled"'
# Other 4xx are the target's word on an order: there may be too many of them, or too little money.
_NOT_OF_THE_ORDER = (*range(500, 600), 418, 429)

# Who is charged with how requests of a kind are answered.
_ANSWERED: tuple[tuple[Kind, str], ...] = (
    ("cancel-all", "overload.documented"),
    ("list", "overload.lists-stay"),
    ("place", "overload.placing"),
)

_LIVES_ON_S = 1.0  # a target that answers what is sent so much later was not about to die

_SHOWN = 6  # requests that stand for all of a kind as evidence


@OVERLOAD.rule("overload.documented")
def refused_as_documented(ledger: Ledger) -> Iterator[Sight]:
    """A cancel-all is answered as documented, or refused with a documented 503."""
    for entry in ledger.of("cancel-all"):
        if entry.ending == "refused":
            yield RIGHT
        elif entry.ending == "failed" and not entry.gateway:
            yield Breach(_REFUSAL, entry.wrong, exchanges=entry.shown)


@OVERLOAD.rule("overload.lists-stay")
def lists_are_answered(ledger: Ledger) -> Iterator[Sight]:
    """Each list is answered, whatever becomes of the requests that want the engine.

    One that hangs is a breach where the target lives on and nothing else hangs: all of it may have stood still.
    """
    answered = sorted(entry.sent_at for entry in ledger.entries if entry.status is not None)
    for entry in ledger.of("list"):
        if entry.ending == "accepted":
            yield RIGHT
        elif entry.ending == "failed" and not entry.gateway and entry.status != 500:
            yield Breach("a list answered while the engine is overloaded", entry.wrong, exchanges=entry.shown)
        elif _hung(entry) and not _others_hung(ledger, entry):
            others = len(answered) - bisect_right(answered, entry.sent_at + _LIVES_ON_S)
            if others:
                got = f"none; {others} other requests that were sent after it were answered"
                yield Breach(f"a list answered within {LIST.patience_s:g} s", got, exchanges=entry.shown)


@OVERLOAD.rule("overload.no-loss")
def accepted_orders_are_listed(ledger: Ledger) -> Iterator[Sight]:
    """An order that was accepted is in the lists afterwards, in one state or another."""
    for id, entry in ledger.placed.items():
        seen = ledger.seen.get(entry.account)
        if seen is None or (id not in seen.orders and entry.symbol in seen.hidden):
            continue
        if id in seen.orders:
            yield RIGHT
        else:
            yield Breach(f"{id}, which was accepted, in a list", "lists without it", exchanges=entry.shown)


@OVERLOAD.rule("overload.no-loss")
def accepted_cancels_are_done(ledger: Ledger) -> Iterator[Sight]:
    """A cancel-all that was accepted leaves nothing live that was there when it was sent."""
    for entry, order, _ in _settled_orders(ledger):
        tellers = ledger.tellers.get(order.id, ())
        if not order.live and not (order.status == "canceled" and tellers):
            continue
        over_at = inf if order.live else min(teller.sent_at for teller in tellers)
        cancels = ledger.accepted_cancels.get(entry.account)
        missed = cancels and cancels.between(order.symbol, entry.ended_at + ledger.settle_s, over_at)
        if not missed:
            yield RIGHT
            continue
        became = "it is still live" if order.live else "the answer of a later cancel-all has it"
        want = f"{order.id} canceled by a cancel-all that was sent after it and answered 200"
        yield Breach(want, became, exchanges=(*entry.shown, *missed.shown, *(tellers[0].shown if tellers else ())))


@OVERLOAD.rule("overload.no-loss", may_also=("cancel.busy-no-loss",))
def refused_cancels_do_nothing(ledger: Ledger) -> Iterator[Sight]:
    """What is canceled was not canceled by a cancel-all that was refused, then or later.

    A full queue took nothing; an engine that restarts, or is stopped, may have been in the midst of it.
    """
    for entry, order, seen in _untold(ledger):
        if not _can_only_be_of_a_refused_one(ledger, entry, order, seen):
            continue
        refused = ledger.refusals(entry.account, order.symbol)
        full = all(each.code == FULL for each in refused)
        want = f"{order.id} not canceled, since each cancel-all that could have was refused"
        evidence = (*entry.shown, *(shown for each in refused[-_SHOWN:] for shown in each.shown))
        yield Breach(want, f"{order}", None if full else "cancel.busy-no-loss", exchanges=evidence)


@OVERLOAD.rule("overload.once", may_also=("cancel.busy-no-loss",))
def told_by_one_answer(ledger: Ledger) -> Iterator[Sight]:
    """No two answers tell an order, and each one that was canceled is told.

    One that is not told may be that of a cancel-all that an engine refused while it stopped, in the midst of it. Where
    it is certain that cancel-alls take effect that were refused, it is that of such a one.
    """
    for id, tellers in ledger.tellers.items():
        if len(tellers) == 1:
            yield RIGHT
        else:
            got = f"{id} in {len(tellers)} answers"
            shown = tuple(shown for each in tellers for shown in each.shown)
            yield Breach("each canceled order in one answer, once", got, exchanges=shown[:_SHOWN])
    of_refused_ones = any(_can_only_be_of_a_refused_one(ledger, *each) for each in _untold(ledger))
    for entry, order, seen in _untold(ledger):
        if of_refused_ones and ledger.refusals(entry.account, order.symbol):
            continue
        if teller := _may_be_of_an_accepted_one(ledger, entry, order, seen):
            stopped = [each for each in ledger.refusals(entry.account, order.symbol) if each.code != FULL]
            perhaps = next((each for each in stopped if each.ended_at > entry.sent_at), None)
            want = f"{order.id} in the answer of the cancel-all that canceled it"
            shown = (*entry.shown, *(perhaps or teller).shown)
            charged = "cancel.busy-no-loss" if perhaps else None
            yield Breach(want, f"{order}, and no answer has it", charged, exchanges=shown)


@OVERLOAD.rule("overload.once")
def what_is_told_is_so(ledger: Ledger) -> Iterator[Sight]:
    """What an answer tells is an order of the account and in the scope, is canceled, and stays so."""
    owners = {id: entry.account for id, entry in ledger.placed.items()}
    for entry in ledger.of("cancel-all"):
        seen = ledger.seen.get(entry.account)
        for told in entry.told:
            if wrong := _wrong_in(told.symbol, told.status, entry) or _misreported(told.id, entry, seen, owners):
                yield Breach(f"{told.id} canceled by the cancel-all whose answer has it", wrong, exchanges=entry.shown)
            elif seen is not None:
                yield RIGHT


@OVERLOAD.rule("overload.recovers")
def a_later_cancel_succeeds(ledger: Ledger) -> Iterator[Sight]:
    """Once the load has ended, each account's cancel-all succeeds within the time."""
    for each in ledger.recoveries:
        if each.after_s is not None:
            yield RIGHT
        elif each.last is not None and not each.excused:
            want = f"a cancel-all of {each.account} answered 200 within {each.within_s:g} s after the load"
            last = each.last.wrong or f"{each.last.status} {each.last.code}"
            yield Breach(want, f"{each.attempts} tries, the last: {last}", exchanges=each.last.shown)


@OVERLOAD.rule("overload.once", may_also=("overload.placing",))
def orders_exist_once_or_not_at_all(ledger: Ledger) -> Iterator[Sight]:
    """An order that was accepted exists once, and one that a full queue refused does not exist.

    Other refusals can be argued about. Where somebody else works with the account, it may be somebody else's.
    """
    for each in ledger.excess:
        if _is_shared(ledger, each.account):
            continue
        want = f"at most {each.most} orders like {each.unnamed[0]} that no answer has named"
        got = f"{len(each.unnamed)}; {len(each.refused)} like it were refused"
        shown = tuple(shown for entry in (each.refused or each.like)[:_SHOWN] for shown in entry.shown)
        yield Breach(want, got, "overload.placing" if each.can_be_argued else None, exchanges=shown)


@OVERLOAD.rule("overload.placing")
def orders_are_refused_as_cancels_are(ledger: Ledger) -> Iterator[Sight]:
    """An order is accepted, or refused with a documented 503."""
    for entry in ledger.of("place"):
        if entry.ending in ("accepted", "refused"):
            yield RIGHT
        elif entry.ending == "failed" and not entry.gateway and entry.status in _NOT_OF_THE_ORDER:
            yield Breach("an order accepted, or refused with a documented 503", entry.wrong, exchanges=entry.shown)


def doubles(ledger: Ledger, account: str) -> list[Order]:
    """New orders of the account that can only have come of this run's requests, though no answer names them."""
    found = [order for each in ledger.excess if each.account == account for order in each.unnamed]
    return [] if not found or _is_shared(ledger, account) else found


def doubts(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """What could not be judged: the requirement, and why."""
    for kind, id in _ANSWERED:
        failed = [entry for entry in ledger.of(kind) if entry.ending == "failed"]
        excused = [entry for entry in failed if entry.gateway or (kind == "list" and entry.status == 500)]
        if excused:
            yield id, f"{len(excused)} requests got an answer that may come from a gateway: {excused[0].wrong}"
    for kind, id in _ANSWERED:
        silent = [entry for entry in ledger.of(kind) if entry.ending == "unknown"]
        if silent:
            yield id, f"{len(silent)} requests ({kind}) got no answer to rely on: {silent[0].wrong}"
    if not any(entry.ending == "refused" for entry in ledger.of("cancel-all")):
        yield "overload.documented", "no cancel-all was refused within the bounds, so the engine was not overloaded"
    for account in sorted({entry.account for entry in ledger.entries} - ledger.seen.keys()):
        for id in ("overload.no-loss", "overload.once"):
            yield id, f"{account}: lists could not be read after the load"
    for account, seen in ledger.seen.items():
        if seen.hidden:
            markets = ", ".join(sorted(seen.hidden))
            yield "overload.no-loss", f"{account}: lists cannot show all orders of one second in {markets}"
    if strange := [order for _, order in _strange(ledger)]:
        yield (
            "overload.no-loss",
            f"{len(strange)} orders are canceled although no request of this run canceled them: {strange[0]}",
        )
    for more in ledger.excess:
        if _is_shared(ledger, more.account):
            told = f"{len(more.unnamed)} orders like {more.unnamed[0]} that no answer has named"
            yield "overload.once", f"{more.account}: {told}; somebody else works with the account, too"
    for each in ledger.recoveries:
        if each.after_s is None and each.excused:
            told = "no cancel-all was sent" if each.last is None else each.last.wrong or f"{each.last.code}"
            yield "overload.recovers", f"{each.account} had not recovered within {each.within_s:g} s: {told}"
    if not ledger.recoveries:
        yield "overload.recovers", "the load ended before a cancel-all could be tried after it"


def _hung(entry: Entry) -> bool:
    return entry.ending == "unknown" and entry.ended_at - entry.sent_at >= LIST.patience_s


def _others_hung(ledger: Ledger, entry: Entry) -> bool:
    """Whether a request that wants the engine got no answer at the same time."""
    others = (each for each in ledger.of("place", "cancel-all") if _hung(each))
    return any(each.sent_at < entry.ended_at and entry.sent_at < each.ended_at for each in others)


def _settled_orders(ledger: Ledger) -> Iterator[tuple[Entry, Order, Seen]]:
    """The orders that were accepted, with what lists show of them."""
    for id, entry in ledger.placed.items():
        seen = ledger.seen.get(entry.account)
        if seen is not None and id in seen.orders:
            yield entry, seen.orders[id], seen


def _untold(ledger: Ledger) -> Iterator[tuple[Entry, Order, Seen]]:
    """Accepted orders that are canceled, that no answer tells, and that no request without an answer explains."""
    for entry, order, seen in _settled_orders(ledger):
        untold = order.status == "canceled" and order.id not in ledger.tellers
        if untold and not ledger.perhaps_canceled(entry.account, order.symbol):
            yield entry, order, seen


def _may_be_of_an_accepted_one(ledger: Ledger, entry: Entry, order: Order, seen: Seen) -> Entry | None:
    """A cancel-all that was accepted, and may have canceled the order without telling it."""
    cancels = ledger.accepted_cancels.get(entry.account)
    sighting = seen.sightings.get(order.id)
    live_at, canceled_at = (entry.sent_at, inf) if sighting is None else sighting
    return None if cancels is None else cancels.beside(order.symbol, max(entry.sent_at, live_at), canceled_at)


def _can_only_be_of_a_refused_one(ledger: Ledger, entry: Entry, order: Order, seen: Seen) -> bool:
    refused = ledger.refusals(entry.account, order.symbol)
    return bool(refused) and not _may_be_of_an_accepted_one(ledger, entry, order, seen)


def _strange(ledger: Ledger) -> Iterator[tuple[Entry, Order]]:
    """Orders that are canceled although no request of this run can have canceled them."""
    for entry, order, seen in _untold(ledger):
        accepted = _may_be_of_an_accepted_one(ledger, entry, order, seen)
        if not accepted and not ledger.refusals(entry.account, order.symbol):
            yield entry, order


def _is_shared(ledger: Ledger, account: str) -> bool:
    """Whether anything shows that somebody else places or cancels orders of the account."""
    return ledger.seen[account].foreign > 0 or any(entry.account == account for entry, _ in _strange(ledger))


def _wrong_in(symbol: str, status: str, entry: Entry) -> str:
    if not entry.reaches(symbol):
        return f"an order of {symbol}, in the answer to a cancel-all of {entry.symbol}"
    return "" if status == "canceled" else f"told as {status}"


def _misreported(id: str, entry: Entry, seen: Seen | None, owners: dict[str, str]) -> str:
    """What lists show against it; empty where they show nothing against it."""
    if owners.get(id, entry.account) != entry.account:
        return f"an order of {owners[id]}, told to {entry.account}"
    if seen is None:
        return ""
    was, now = seen.before.get(id), seen.orders.get(id)
    if was is not None and not was.live:
        return f"{was} before the load"
    if now is None:
        hidden = any(market in seen.hidden for market in (entry.symbol, *seen.hidden))
        return "" if hidden or was is not None else "no list shows it"
    return "" if now.status == "canceled" else f"{now} in lists"
