"""Cancel-all, judged by what lists show before and after."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from conformance.account.ahead import asked_ahead
from conformance.account.answers import Canceled, Page
from conformance.account.blame import charge
from conformance.account.looks import with_lists
from conformance.account.patience import pause_s
from conformance.account.sent import Signed
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL
from conformance.oracle.cancel_case import Cancellation
from conformance.oracle.cancellation import CANCELLATION
from conformance.oracle.listing import MAX_LIMIT, explain
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Order, Query
from conformance.scenarios.later import explained
from conformance.scenarios.readers import Readers
from conformance.stage.clearing import NOTHING, UNSEEN, Many, looked_at
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach
from conformance.wire.signer import Credential


@dataclass(frozen=True, slots=True)
class Answered(Cancellation):
    """A cancel-all, with its request and answer."""

    exchange: Exchange | None = None


_BEYOND = 2**63  # a horizon above which nothing is known to be complete


def cancel_all(
    stage: Stage,
    symbol: str | None = None,
    *,
    by: View | None = None,
    credential: Credential | None = None,
    bystander: bool = False,
    earlier: Sequence[Exchange] = (),
    pages: int = 1,
    many: Many | None = None,
    again: bool = False,
    may_reject: bool = False,
    watched: bool = True,
) -> Answered:
    """Let an account, by default the caller, cancel all, and judge it.

    `bystander`: the opposite account is looked at too, if there is one; `earlier`: cancel-alls that it was not looked
    at behind. `pages` is how deep the lists have to be read for the orders that matter; `many`: what lists show of
    those, where the rest is not to be looked at. What they show apart is looked at again only if the answer lacks some,
    and what is beside not at all. `again` says that the same was asked just before, `may_reject` that the symbol is
    that of no market. `watched`: lists are asked for meanwhile; else the first list that comes behind it is the
    caller's own.

    Raises Violation for the first breach of any cancel requirement, Declined where it would meet orders of others.
    """
    view = by or stage.view
    account = view.account
    opposite = view.opposite if bystander else None
    apart, beside = (None, None) if many is None else (many.apart, many.beside)
    with stage.looking(*(each for each in (None if many else view, opposite) if each is not None)):
        seen = many.parts[0] if many else view.believed(pages)
        other_before = (beside or NOTHING) if opposite is None else opposite.believed()
    before = _with(seen, () if apart is None else apart.live())
    unshown, times_set = frozenset(view.own.unshown), stage.lane.clock.times_set
    view.decline_to_harm()
    account.observations.cover("cancels", ("size", str(len(before.live(symbol)))))
    readers = Readers(stage, view)
    with readers.beside() if watched and before.live(symbol) else nullcontext():
        asked_at = time.monotonic()
        answer = account.cancel_all(symbol, credential, nothing_live=not before.live(symbol), may_reject=may_reject)
        came_at = time.monotonic()
        readers.note(answer, asked_at, came_at)
        readers.done()  # the last lists and the look behind it need not wait for each other
        view.canceled(answer.orders)

        after, other_after = NOTHING, UNSEEN

        def shown() -> Answered:
            nonlocal after, other_after
            theirs = [] if opposite is None else opposite.pages()
            with asked_ahead([*view.pages(len(before.exchanges), seen.ceiling), *theirs]):
                after = view.fresh(len(before.exchanges), seen.ceiling)
                other_after = UNSEEN if opposite is None else opposite.fresh()
            if apart is not None and not _tells_all(answer, apart):
                looked = view.fresh(len(apart.exchanges), apart.ceiling).orders
                after = _with(after, (looked[order.id] for order in apart.live() if order.id in looked))
            return Answered(
                symbol=symbol,
                returned=answer.orders,
                before=before,
                after=after,
                other_before=other_before,
                other_after=other_after,
                clock=stage.lane.clock.window(answer.sent_at, answer.answered_at),
                tried_before=answer.tried_before,
                again=again,
                rejected=answer.rejected,
                unshown=unshown,
                unread=answer.unread,
                exchange=answer.exchange,
            )

        cancellation, judgement = looked_at(view, shown)
    if apart is not None:
        told = {order.id: order for order in answer.orders}
        after = _with(after, (told.get(order.id, order) for order in apart.live()))
        cancellation = replace(cancellation, after=after)
    view.believe(after)
    if opposite is not None:
        opposite.believe(other_after)
    account.observations.count(judgement.saw)
    looks = [before, other_before], (*earlier, answer.exchange), [after, other_after]
    views = [(view, before, after), *([] if opposite is None else [(opposite, other_before, other_after)])]
    breaches = judgement.breaches
    if any(each.requirement == "cancel.updated-at" for each in breaches):
        breaches = _unless_set(stage, view, times_set, breaches)
    found = [*view.lag.breaches(), *explained(stage, breaches, views)]
    account.observations.report(with_lists(found, *looks), raising=True)
    readers.judge(before, after)
    return cancellation


def _unless_set(stage: Stage, view: View, times_set: int, breaches: list[Breach]) -> list[Breach]:
    """The breaches; without those of the time of the cancel, where an order that is placed now tells that the target's
    clock has been set since it had been so many times.
    """
    stage.arranger.learn_the_clock(view, again=True)
    stage.clear(view)
    if stage.lane.clock.times_set == times_set:
        return breaches
    return [each for each in breaches if each.requirement != "cancel.updated-at"]


def cancel_nothing(
    stage: Stage,
    each: Sequence[tuple[str | None, Credential]],
    *,
    arrange: Callable[[], object] = lambda: None,
    may_reject: bool = False,
    bystander: bool = False,
) -> None:
    """Let the caller cancel all in each of these scopes, with this credential, while nothing is live there; judge it.

    They are sent side by side, and one look serves for all. Where anything is wrong, each is said again with a look of
    its own, to find the one that does it. `arrange` brings about what is live elsewhere. `may_reject`, `bystander` and
    what is raised as for `cancel_all`.
    """
    arrange()
    view, account = stage.view, stage.caller
    opposite = view.opposite if bystander else None
    with stage.looking(*(each for each in (view, opposite) if each is not None)):
        before, other_before = view.believed(), NOTHING if opposite is None else opposite.believed()
    view.decline_to_harm()
    for symbol, _ in each:
        account.observations.cover("cancels", ("size", str(len(before.live(symbol)))))
    queries = ["" if symbol is None else urlencode({"symbol": symbol}) for symbol, _ in each]
    signed = [account.signer.authorize(query, kind) for query, (_, kind) in zip(queries, each, strict=True)]
    came = account.send_each(CANCEL_ALL, [Signed(*request) for request in signed])
    answers = [
        account.cancel_all(*asked, nothing_live=not before.live(asked[0]), may_reject=may_reject, came=answer)
        for asked, answer in zip(each, came, strict=True)
    ]
    theirs = [] if opposite is None else opposite.pages()
    with asked_ahead([*view.pages(len(before.exchanges)), *theirs]):
        after = view.believed(len(before.exchanges))
        other_after = NOTHING if opposite is None else opposite.fresh()
    judgements = [
        CANCELLATION.judge(
            Cancellation(
                symbol=answer.symbol,
                returned=answer.orders,
                before=before,
                after=after,
                other_before=other_before,
                other_after=other_after,
                clock=stage.lane.clock.window(answer.sent_at, answer.answered_at),
                tried_before=answer.tried_before,
                rejected=answer.rejected,
                unshown=frozenset(view.own.unshown),
                unread=answer.unread,
            )
        )
        for answer in answers
    ]
    if opposite is not None:
        opposite.believe(other_after)
    wrong = next((judgement.breaches for judgement in judgements if judgement.breaches), ())
    if wrong:
        for symbol, credential in each:
            arrange()
            cancel_all(stage, symbol, credential=credential, may_reject=may_reject, bystander=bystander)
    between = [answer.exchange for answer in answers]
    found = with_lists(wrong, [before, other_before], between, [after, other_after])
    account.observations.report(found, raising=True)
    for judgement in judgements:
        account.observations.count(judgement.saw)


def _with(snapshot: Snapshot, others: Iterable[Order]) -> Snapshot:
    """The snapshot, and orders that were looked at apart."""
    return replace(snapshot, orders={**{order.id: order for order in others}, **snapshot.orders})


def _tells_all(answer: Canceled, apart: Snapshot) -> bool:
    """Whether the answer tells all of these orders that are in its scope, as canceled."""
    told = {order.id for order in answer.orders if order.status == "canceled"}
    return all(order.id in told for order in apart.live(answer.symbol))


class Following:
    """Cancel-alls of an account, one after the other, judged by their answers, and by a list behind each that is asked
    for while the next thing is done. `before`: what the account was, as far as that matters.
    """

    def __init__(self, stage: Stage, view: View, before: Snapshot) -> None:
        self._stage, self._view = stage, view
        self._before, self._now = before, before
        self._readers = Readers(stage, view)
        self._told: list[Canceled] = []
        self._knows = True

    def cancel(self, symbol: str | None, credential: Credential, many: Many | None = None) -> None:
        """One more; `many` as `judge_answer` has it."""
        asked_at = time.monotonic()
        before = self._now if self._knows else None
        after = self._stage.lane.cancel_in_passing(self._view, symbol, credential, before, many, self._told.append)
        self._knows = after is not None
        if after is None:
            return
        self._now = after  # a try that broke off may have canceled what this answer does not tell
        if not (orders := self._told[-1].orders):
            return
        self._readers.note(self._told[-1], asked_at, time.monotonic())
        credentials = self._view.account.credentials
        newest = Query(end=max(order.created_at for order in orders), limit=MAX_LIMIT)
        self._readers.ask_meanwhile(newest, credentials[len(self._told) % len(credentials)])

    def judged(self) -> list[Exchange]:
        """All of them, once the lists have been judged. Raises Violation."""
        self._readers.wait()
        if self._knows:
            self._readers.judge(self._before, replace(self._now, exchanges=()))  # no list has shown it so
        return [answer.exchange for answer in self._told]


def expect_listed(stage: Stage, cancellation: Answered, earlier: Page) -> None:
    """Ask again for a list that was asked for before the cancel-all. Raise a Violation where it tells another story of
    what was canceled than the answer did.
    """
    query = earlier.query
    began = time.monotonic()
    while True:
        asked_at = time.monotonic()
        page = stage.caller.list(query, earlier.credential)
        told = Snapshot.of(cancellation.returned)
        breaches = list(explain(page.listing, Interval.still(replace(told, horizon=_BEYOND))))
        if not breaches or asked_at - began > stage.caller.behind.lag_s:
            break
        sleep(pause_s(time.monotonic() - began))
    as_before = page.exchange.response_body == earlier.exchange.response_body
    words = ", and all of it byte for byte as before the cancel-all" if as_before else ""
    blamed = [each._replace(got=f"{each.got}{words}", certain=True) for each in charge(breaches, "cancel.visible")]
    answered = [each for each in (cancellation.exchange,) if each is not None]
    stage.caller.observations.report(blamed, earlier.exchange, *answered, page.exchange, raising=True)
